package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.AgentRevision;
import io.devicemgr.operator.desired.AgentSccRoleBinding;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.desired.ObjectNames;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.status.MachineConfigs;
import io.devicemgr.operator.status.Observation;
import io.devicemgr.operator.status.PodTraces;
import io.devicemgr.operator.status.Sightings;
import io.devicemgr.operator.validate.NodePlacement;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The caches, as seen for one deployment at one moment. */
record Cluster(
        List<DevicePluginDeployment> deployments,
        List<Node> nodes,
        List<Node> selected,
        Optional<DaemonSet> daemonSet,
        List<AgentPod> pods,
        Fleet fleet,
        List<ConfigMap> settings,
        PodTraces traces,
        MachineConfigs machineConfigs) {

    static Cluster of(
            DevicePluginDeployment deployment, Informers informers, ClusterFeatures features, PodReplacer replacer) {
        String name = deployment.getMetadata().getName();
        List<Node> nodes = informers.list(Node.class).toList();
        Optional<DaemonSet> daemonSet =
                informers.of(DaemonSet.class, name).stream().findFirst();
        List<Node> selected = nodes.stream()
                .filter(node -> NodePlacement.selects(deployment.getSpec().placement(), node))
                .toList();
        List<Pod> pods = replacer.seen(informers.of(Pod.class, name));
        List<AgentPod> agents = pods.stream().map(Cluster::agent).toList();
        return new Cluster(
                informers.list(DevicePluginDeployment.class).toList(),
                nodes,
                selected,
                daemonSet,
                agents,
                Fleet.of(selected, agents, informers.of(NodeDeviceReport.class, name), replacer::trial),
                informers.of(ConfigMap.class, name),
                new PodTraces(
                        informers.namespace(),
                        ObjectNames.agent(name),
                        daemonSet
                                .map(set -> AgentSccRoleBinding.clusterRole(
                                        set.getSpec().getTemplate()))
                                .orElse(ObjectNames.PRIVILEGED_SCC_CLUSTER_ROLE),
                        daemonSet.map(set -> failures(set, pods, informers)).orElse(List.of()),
                        troubles(pods, informers)),
                features.machineConfigPools()
                        ? machineConfigs(informers, nodes)
                        : MachineConfigs.none(features.machineConfigs()));
    }

    private static AgentPod agent(Pod pod) {
        return new AgentPod(pod, pod.getMetadata().getLabels().get(Labels.REVISION));
    }

    /** Events live for an hour; a pod that was made since tells that the cause of a failure has gone. */
    private static List<String> failures(DaemonSet set, List<Pod> pods, Informers informers) {
        String newest = pods.stream()
                .map(pod -> pod.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse("");
        return informers
                .failedCreates(set)
                .filter(event -> lastSeen(event).compareTo(newest) > 0)
                .sorted(Comparator.comparing(Cluster::lastSeen).reversed())
                .map(Event::getMessage)
                .toList();
    }

    /** The newest event of each pod. */
    private static Map<String, String> troubles(List<Pod> pods, Informers informers) {
        Set<String> names = pods.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        return informers
                .podTroubles()
                .filter(event -> event.getInvolvedObject() != null
                        && event.getInvolvedObject().getName() != null
                        && names.contains(event.getInvolvedObject().getUid()))
                .sorted(Comparator.comparing(Cluster::lastSeen))
                .collect(Collectors.toMap(
                        event -> event.getInvolvedObject().getName(), Event::getMessage, (older, newer) -> newer));
    }

    private static String lastSeen(Event event) {
        return Stream.of(
                        event.getLastTimestamp(),
                        event.getEventTime() == null
                                ? null
                                : event.getEventTime().getTime(),
                        event.getMetadata().getCreationTimestamp())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }

    private static MachineConfigs machineConfigs(Informers informers, List<Node> nodes) {
        return MachineConfigs.served(
                informers.list(MachineConfigPool.class).toList(),
                informers.list(KubeletConfig.class).toList(),
                nodes);
    }

    Set<String> deploymentNames() {
        return deployments.stream().map(each -> each.getMetadata().getName()).collect(Collectors.toSet());
    }

    /** Names of the nodes that the placement selects. */
    Set<String> selectedNames() {
        return selected.stream().map(node -> node.getMetadata().getName()).collect(Collectors.toSet());
    }

    /** Every revision that is kept, by name. */
    Map<String, AgentRevision> revisions() {
        Map<String, AgentRevision> kept = new HashMap<>();
        settings.stream()
                .flatMap(map -> AgentRevision.read(map).stream())
                .forEach(revision -> kept.put(revision.name(), revision));
        return kept;
    }

    /** Revision of the pods that the DaemonSet makes; nothing when there is no DaemonSet. */
    Optional<String> daemonSetRevision() {
        return daemonSet.map(
                set -> set.getSpec().getTemplate().getMetadata().getLabels().get(Labels.REVISION));
    }

    /** Whether the DaemonSet controller knows the template, so that a deleted pod comes back as the template says. */
    boolean makesPodsOfItsTemplate() {
        return daemonSet
                .map(set -> set.getStatus() == null
                        || set.getStatus().getObservedGeneration() == null
                        || set.getStatus().getObservedGeneration()
                                >= set.getMetadata().getGeneration())
                .orElse(false);
    }

    /**
     * What the status is computed from.
     *
     * @param failedWrite a write that failed just now explains a missing agent best
     * @param sharedDevices devices that other deployments offer too
     * @param sightings what was remembered of the last look
     */
    Observation observation(Optional<String> failedWrite, List<NodeProblem> sharedDevices, Sightings sightings) {
        List<String> failures = Stream.concat(failedWrite.stream(), traces.failedCreates().stream())
                .toList();
        return new Observation(
                fleet,
                nodes,
                new PodTraces(traces.namespace(), traces.account(), traces.sccRole(), failures, traces.byPod()),
                machineConfigs,
                sharedDevices,
                sightings);
    }
}
