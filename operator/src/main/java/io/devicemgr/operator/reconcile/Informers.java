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
import io.fabric8.kubernetes.client.informers.cache.Cache;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The watches: what starts the loop, and the caches that it reads. */
final class Informers {
    /** Objects are fetched so many at a time, so that untrimmed ones never fill the heap: a node may have 20 kB and more. */
    private static final long PAGE = 250;

    private static final String FAILED_CREATE = "FailedCreate";
    private static final List<String> POD_TROUBLES = List.of("FailedMount", "FailedCreatePodSandBox");

    private final String namespace;
    private final ClusterFeatures features;
    private final Consumer<NodeDeviceReport> deletedReports;
    private final List<EventSource<?, DevicePluginDeployment>> sources = new ArrayList<>();
    private final Map<Class<?>, Kept<? extends HasMetadata>> stores = new ConcurrentHashMap<>();
    private final Map<String, Kept<Event>> events = new ConcurrentHashMap<>();
    private final Reports reports = new Reports();

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
        SecondaryToPrimaryMapper<HasMetadata> all = object ->
                context.getPrimaryCache().list().map(ResourceID::fromResource).collect(Collectors.toSet());
        ours(context, DaemonSet.class, true);
        ours(context, ConfigMap.class, true);
        ours(context, ServiceAccount.class, true);
        ours(context, ClusterRoleBinding.class, false);
        if (features.securityContextConstraints()) {
            ours(context, RoleBinding.class, true);
        }
        pods(context);
        reports(context);
        podTraces(context);
        add(context, Node.class, from(Node.class, all, Changes::matter), new Kept<>(Trim::node, node -> ""));
        add(
                context,
                DevicePluginDeployment.class,
                from(DevicePluginDeployment.class, all, Changes::matter).withName("other-deployments"),
                whole());
        if (features.machineConfigPools()) {
            add(context, KubeletConfig.class, from(KubeletConfig.class, all, Changes::matter), whole());
            add(context, MachineConfigPool.class, from(MachineConfigPool.class, all, Changes::matter), whole());
        }
        return sources;
    }

    private <T extends HasMetadata> void ours(
            EventSourceContext<DevicePluginDeployment> context, Class<T> type, boolean namespaced) {
        Builder<T> builder = from(type, Informers::byLabel, Changes::matter)
                .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR);
        add(
                context,
                type,
                namespaced ? builder.withNamespaces(namespace) : builder,
                new Kept<>(Trim::withoutManagedFields, Informers::labelled));
    }

    private void pods(EventSourceContext<DevicePluginDeployment> context) {
        add(
                context,
                Pod.class,
                from(Pod.class, Informers::byLabel, Changes::matter)
                        .withNamespaces(namespace)
                        .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR),
                new Kept<>(Trim::pod, Informers::labelled));
    }

    private void reports(EventSourceContext<DevicePluginDeployment> context) {
        SecondaryToPrimaryMapper<NodeDeviceReport> toDeployment =
                report -> Set.of(new ResourceID(report.getSpec().deployment()));
        add(
                context,
                NodeDeviceReport.class,
                from(NodeDeviceReport.class, toDeployment, Changes::matter).withOnDeleteFilter((report, unknown) -> {
                    if (!unknown && isWanted(report)) {
                        deletedReports.accept(report);
                    }
                    return true;
                }),
                reports);
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
        Kept<Event> store = new Kept<>(Trim::event, event -> "");
        events.put(reason, store);
        sources.add(new InformerEventSource<>(
                from(Event.class, toDeployment, matters)
                        .withName("events-" + reason.toLowerCase(Locale.ROOT))
                        .withNamespaces(namespace)
                        .withFieldSelector(new FieldSelector(
                                new FieldSelector.Field("involvedObject.kind", kind),
                                new FieldSelector.Field("reason", reason)))
                        .withItemStore(store)
                        .build(),
                context));
    }

    private Optional<Pod> pod(Event event) {
        ObjectReference about = event.getInvolvedObject();
        return about == null || about.getName() == null
                ? Optional.empty()
                : Optional.ofNullable(store(Pod.class).get(Cache.namespaceKeyFunc(namespace, about.getName())));
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
        Kept<Event> store = events.get(reason);
        return store == null ? Stream.of() : store.values();
    }

    private static boolean isAbout(Event event, DaemonSet set) {
        return event.getInvolvedObject() != null
                && Objects.equals(
                        event.getInvolvedObject().getUid(), set.getMetadata().getUid());
    }

    private static <T extends HasMetadata> Builder<T> from(
            Class<T> type, SecondaryToPrimaryMapper<? super T> mapper, OnUpdateFilter<? super T> matters) {
        return InformerEventSourceConfiguration.from(type, DevicePluginDeployment.class)
                .withName(HasMetadata.getPlural(type))
                .withInformerListLimit(PAGE)
                .withSecondaryToPrimaryMapper(mapper::toPrimaryResourceIDs)
                // The SDK's own index, which nobody reads here, would hold every node for every deployment.
                .withPrimaryToSecondaryMapper(deployment -> Set.of())
                .withOnUpdateFilter(matters::accept);
    }

    private static <T extends HasMetadata> Kept<T> whole() {
        return new Kept<>(Trim::withoutManagedFields, object -> "");
    }

    private <T extends HasMetadata> void add(
            EventSourceContext<DevicePluginDeployment> context,
            Class<T> type,
            Builder<T> configuration,
            Kept<T> store) {
        stores.put(type, store);
        sources.add(new InformerEventSource<>(configuration.withItemStore(store).build(), context));
    }

    private static Set<ResourceID> byLabel(HasMetadata object) {
        String deployment = labelled(object);
        return deployment.isEmpty() ? Set.of() : Set.of(new ResourceID(deployment));
    }

    private static String labelled(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(Labels.DEPLOYMENT, "");
    }

    /** The reports on a node that list a device which another report there lists too. */
    List<NodeDeviceReport> overlapping(String node) {
        return reports.overlapping(node);
    }

    /** All objects of a kind that is watched. */
    <T extends HasMetadata> Stream<T> list(Class<T> type) {
        return store(type).values();
    }

    /** The objects of one deployment. */
    <T extends HasMetadata> List<T> of(Class<T> type, String deployment) {
        return store(type).of(deployment);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> Kept<T> store(Class<T> type) {
        return (Kept<T>) stores.getOrDefault(type, whole());
    }
}
