package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration.Builder;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The watches: what starts the loop, and the caches that it reads. */
final class Informers {
    private static final String BY_DEPLOYMENT = "deployment";

    private final String namespace;
    private final ClusterFeatures features;
    private final Map<Class<?>, InformerEventSource<? extends HasMetadata, DevicePluginDeployment>> sources =
            new LinkedHashMap<>();

    Informers(String namespace, ClusterFeatures features) {
        this.namespace = namespace;
        this.features = features;
    }

    /** Makes all event sources; called once, when the controller is registered. */
    List<EventSource<?, DevicePluginDeployment>> eventSources(EventSourceContext<DevicePluginDeployment> context) {
        SecondaryToPrimaryMapper<HasMetadata> all = object ->
                context.getPrimaryCache().list().map(ResourceID::fromResource).collect(Collectors.toSet());
        ours(context, DaemonSet.class, Labels.MANAGED_BY, true);
        ours(context, ConfigMap.class, Labels.MANAGED_BY, true);
        ours(context, ServiceAccount.class, Labels.MANAGED_BY, true);
        ours(context, ClusterRoleBinding.class, Labels.MANAGED_BY, false);
        if (features.securityContextConstraints()) {
            ours(context, RoleBinding.class, Labels.MANAGED_BY, true);
        }
        pods(context);
        reports(context);
        refusedPods(context);
        add(
                context,
                Node.class,
                from(Node.class, all).withItemStore(new Trim<>(Trim::node)).withOnUpdateFilter(Changes::matter));
        add(
                context,
                DevicePluginDeployment.class,
                from(DevicePluginDeployment.class, all)
                        .withName("other-deployments")
                        .withOnUpdateFilter(Changes::matter));
        if (features.machineConfigPools()) {
            add(context, KubeletConfig.class, from(KubeletConfig.class, all).withOnUpdateFilter(Changes::matter));
            add(
                    context,
                    MachineConfigPool.class,
                    from(MachineConfigPool.class, all).withOnUpdateFilter(Changes::matter));
        }
        return new ArrayList<>(sources.values());
    }

    private <T extends HasMetadata> void ours(
            EventSourceContext<DevicePluginDeployment> context, Class<T> type, String label, boolean namespaced) {
        Builder<T> builder = from(type, Informers::byLabel)
                .withLabelSelector(label + "=" + Labels.OPERATOR)
                .withItemStore(new Trim<>(Trim::withoutManagedFields))
                .withOnUpdateFilter(Changes::matter);
        index(add(context, type, namespaced ? builder.withNamespaces(namespace) : builder));
    }

    private void pods(EventSourceContext<DevicePluginDeployment> context) {
        index(add(
                context,
                Pod.class,
                from(Pod.class, Informers::byLabel)
                        .withNamespaces(namespace)
                        .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR)
                        .withItemStore(new Trim<>(Trim::pod))
                        .withOnUpdateFilter(Changes::matter)));
    }

    private void reports(EventSourceContext<DevicePluginDeployment> context) {
        SecondaryToPrimaryMapper<NodeDeviceReport> toDeployment =
                report -> Set.of(new ResourceID(report.getSpec().deployment()));
        var source = add(
                context,
                NodeDeviceReport.class,
                from(NodeDeviceReport.class, toDeployment)
                        .withItemStore(new Trim<>(Trim::withoutManagedFields))
                        .withOnUpdateFilter(Changes::matter));
        source.addIndexers(
                Map.of(BY_DEPLOYMENT, report -> List.of(report.getSpec().deployment())));
    }

    /** The only trace of a pod that admission refuses, for example for want of an SCC, is an event on the DaemonSet. */
    private void refusedPods(EventSourceContext<DevicePluginDeployment> context) {
        SecondaryToPrimaryMapper<Event> toDeployment = event -> list(DaemonSet.class)
                .filter(set -> isAbout(event, set))
                .flatMap(set -> byLabel(set).stream())
                .collect(Collectors.toSet());
        add(
                context,
                Event.class,
                from(Event.class, toDeployment)
                        .withNamespaces(namespace)
                        .withFieldSelector(new FieldSelector(
                                new FieldSelector.Field("involvedObject.kind", "DaemonSet"),
                                new FieldSelector.Field("reason", "FailedCreate")))
                        .withOnUpdateFilter(Changes::matter));
    }

    static boolean isAbout(Event event, DaemonSet set) {
        return "FailedCreate".equals(event.getReason())
                && event.getInvolvedObject() != null
                && Objects.equals(
                        event.getInvolvedObject().getUid(), set.getMetadata().getUid());
    }

    private static <T extends HasMetadata> Builder<T> from(Class<T> type, SecondaryToPrimaryMapper<? super T> mapper) {
        return InformerEventSourceConfiguration.from(type, DevicePluginDeployment.class)
                .withName(HasMetadata.getPlural(type))
                .withSecondaryToPrimaryMapper(mapper::toPrimaryResourceIDs);
    }

    private <T extends HasMetadata> InformerEventSource<T, DevicePluginDeployment> add(
            EventSourceContext<DevicePluginDeployment> context, Class<T> type, Builder<T> configuration) {
        var source = new InformerEventSource<>(configuration.build(), context);
        sources.put(type, source);
        return source;
    }

    private static <T extends HasMetadata> void index(InformerEventSource<T, DevicePluginDeployment> source) {
        source.addIndexers(Map.of(
                BY_DEPLOYMENT,
                object -> byLabel(object).stream().map(ResourceID::getName).toList()));
    }

    private static Set<ResourceID> byLabel(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        String deployment = labels == null ? null : labels.get(Labels.DEPLOYMENT);
        return deployment == null ? Set.of() : Set.of(new ResourceID(deployment));
    }

    /** All objects of a kind that is watched. */
    @SuppressWarnings("unchecked")
    <T extends HasMetadata> Stream<T> list(Class<T> type) {
        var source = (InformerEventSource<T, DevicePluginDeployment>) sources.get(type);
        return source == null ? Stream.of() : source.list(object -> true);
    }

    /** The objects of one deployment. */
    @SuppressWarnings("unchecked")
    <T extends HasMetadata> List<T> of(Class<T> type, String deployment) {
        var source = (InformerEventSource<T, DevicePluginDeployment>) sources.get(type);
        return source == null ? List.of() : source.byIndex(BY_DEPLOYMENT, deployment);
    }
}
