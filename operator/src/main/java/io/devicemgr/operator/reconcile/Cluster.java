package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.AgentRevision;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.status.MachineConfigs;
import io.devicemgr.operator.status.Observation;
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
        List<String> failedCreates,
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
                daemonSet.map(set -> failures(set, pods, informers)).orElse(List.of()),
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
                .list(Event.class)
                .filter(event -> Informers.isAbout(event, set) && event.getMessage() != null)
                .filter(event -> lastSeen(event).compareTo(newest) > 0)
                .sorted(Comparator.comparing(Cluster::lastSeen).reversed())
                .map(Event::getMessage)
                .toList();
    }

    private static String lastSeen(Event event) {
        return Objects.requireNonNullElse(
                event.getLastTimestamp(),
                Objects.requireNonNullElse(event.getMetadata().getCreationTimestamp(), ""));
    }

    private static MachineConfigs machineConfigs(Informers informers, List<Node> nodes) {
        return MachineConfigs.served(
                informers.list(MachineConfigPool.class).toList(),
                informers.list(KubeletConfig.class).toList(),
                nodes);
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

    /** What the status is computed from; a write that failed just now explains a missing agent best. */
    Observation observation(Optional<String> failedWrite) {
        List<String> failures =
                Stream.concat(failedWrite.stream(), failedCreates.stream()).toList();
        return new Observation(fleet, failures, machineConfigs);
    }
}
