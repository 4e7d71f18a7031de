package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectReference;
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
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The watches: what starts the loop, and the caches that it reads. */
final class Informers {
    private static final String BY_DEPLOYMENT = "deployment";
    private static final String FAILED_CREATE = "FailedCreate";
    private static final List<String> POD_TROUBLES = List.of("FailedMount", "FailedCreatePodSandBox");

    private final String namespace;
    private final ClusterFeatures features;
    private final Consumer<NodeDeviceReport> deletedReports;
    private final Map<Class<?>, InformerEventSource<? extends HasMetadata, DevicePluginDeployment>> sources =
            new LinkedHashMap<>();
    private final Map<String, InformerEventSource<Event, DevicePluginDeployment>> events = new LinkedHashMap<>();

    /** @param deletedReports is told of every report that is deleted, as it was */
    Informers(String namespace, ClusterFeatures features, Consumer<NodeDeviceReport> deletedReports) {
        this.namespace = namespace;
        this.deletedReports = deletedReports;
        this.features = features;
    }

    /** The operator's own namespace, where the agents live. */
    String namespace() {
        return namespace;
    }

    /** Makes all event sources; called once, when the controller is registered. */
    List<EventSource<?, DevicePluginDeployment>> eventSources(EventSourceContext<DevicePluginDeployment> context) {
        SecondaryToPrimaryMapper<HasMetadata> everyone = object ->
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
        podTraces(context);
        add(
                context,
                Node.class,
                from(Node.class, everyone).withItemStore(new Trim<>(Trim::node)).withOnUpdateFilter(Changes::matter));
        add(
                context,
                DevicePluginDeployment.class,
                from(DevicePluginDeployment.class, everyone)
                        .withName("other-deployments")
                        .withOnUpdateFilter(Changes::matter));
        if (features.machineConfigPools()) {
            add(
                    context,
                    KubeletConfig.class,
                    from(KubeletConfig.class, everyone).withOnUpdateFilter(Changes::matter));
            add(
                    context,
                    MachineConfigPool.class,
                    from(MachineConfigPool.class, everyone).withOnUpdateFilter(Changes::matter));
        }
        List<EventSource<?, DevicePluginDeployment>> all = new ArrayList<>(sources.values());
        all.addAll(events.values());
        return all;
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
                        .withOnUpdateFilter(Changes::matter)
                        .withOnDeleteFilter((report, unknown) -> {
                            if (!unknown && isWanted(report)) {
                                deletedReports.accept(report);
                            }
                            return true;
                        }));
        source.addIndexers(
                Map.of(BY_DEPLOYMENT, report -> List.of(report.getSpec().deployment())));
    }

    /** Whether its deployment goes on, so that somebody will ask for it. */
    private boolean isWanted(NodeDeviceReport report) {
        return list(DevicePluginDeployment.class)
                .filter(each -> each.getMetadata().getDeletionTimestamp() == null)
                .anyMatch(each ->
                        each.getMetadata().getName().equals(report.getSpec().deployment()));
    }

    /**
     * The only trace of a pod that admission refuses, for example for want of an SCC, is an event on the DaemonSet; that of a
     * pod whose volumes or network cannot be had, an event on the pod. Field selectors keep all others away: what is kept is at
     * most one short object for each of these troubles, and none while there are none.
     */
    private void podTraces(EventSourceContext<DevicePluginDeployment> context) {
        events(
                context,
                "DaemonSet",
                FAILED_CREATE,
                Changes::matter,
                event -> list(DaemonSet.class)
                        .filter(set -> isAbout(event, set))
                        .flatMap(set -> byLabel(set).stream())
                        .collect(Collectors.toSet()));
        for (String reason : POD_TROUBLES) {
            events(
                    context,
                    "Pod",
                    reason,
                    Changes::saysAnother,
                    event -> pod(event).map(Informers::byLabel).orElse(Set.of()));
        }
    }

    private void events(
            EventSourceContext<DevicePluginDeployment> context,
            String kind,
            String reason,
            OnUpdateFilter<Event> matters,
            SecondaryToPrimaryMapper<Event> toDeployment) {
        var configuration = from(Event.class, toDeployment)
                .withName("events-" + reason.toLowerCase(Locale.ROOT))
                .withNamespaces(namespace)
                .withFieldSelector(new FieldSelector(
                        new FieldSelector.Field("involvedObject.kind", kind),
                        new FieldSelector.Field("reason", reason)))
                .withItemStore(new Trim<>(Trim::event))
                .withOnUpdateFilter(matters);
        events.put(reason, new InformerEventSource<>(configuration.build(), context));
    }

    private Optional<Pod> pod(Event event) {
        ObjectReference about = event.getInvolvedObject();
        return about == null || about.getName() == null
                ? Optional.empty()
                : source(Pod.class).get(new ResourceID(about.getName(), namespace));
    }

    /** Events on a DaemonSet whose pods could not be made. */
    Stream<Event> failedCreates(DaemonSet set) {
        return events(FAILED_CREATE).filter(event -> isAbout(event, set));
    }

    /** Events on pods that a kubelet could not start. */
    Stream<Event> podTroubles() {
        return POD_TROUBLES.stream().flatMap(this::events);
    }

    private Stream<Event> events(String reason) {
        var source = events.get(reason);
        return source == null ? Stream.of() : source.list(event -> true);
    }

    private static boolean isAbout(Event event, DaemonSet set) {
        return event.getInvolvedObject() != null
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
    <T extends HasMetadata> Stream<T> list(Class<T> type) {
        var source = source(type);
        return source == null ? Stream.of() : source.list(object -> true);
    }

    /** The objects of one deployment. */
    <T extends HasMetadata> List<T> of(Class<T> type, String deployment) {
        var source = source(type);
        return source == null ? List.of() : source.byIndex(BY_DEPLOYMENT, deployment);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> InformerEventSource<T, DevicePluginDeployment> source(Class<T> type) {
        return (InformerEventSource<T, DevicePluginDeployment>) sources.get(type);
    }
}
