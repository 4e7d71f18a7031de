package io.devicemgr.operator.reconcile;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which resources agents offer, or have offered, where: by the settings that they run with and by what they report. */
final class Offers {
    private Offers() {}

    /**
     * Everything that the agents of a deployment may have left in the status of nodes.
     *
     * @param settings of all revisions that are still kept
     * @return names of resources by node
     */
    static Map<String, Set<String>> byNode(
            Collection<ConfigMap> settings, Collection<AgentPod> pods, Collection<NodeDeviceReport> reports) {
        Map<String, Set<String>> byRevision = new HashMap<>();
        settings.forEach(map -> byRevision.put(map.getMetadata().getLabels().get(Labels.REVISION), of(map)));
        Set<String> all = byRevision.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        Map<String, Set<String>> byNode = new TreeMap<>();
        pods.forEach(pod -> byNode.computeIfAbsent(pod.node(), node -> new TreeSet<>())
                .addAll(byRevision.getOrDefault(pod.revision(), Set.of())));
        for (NodeDeviceReport report : reports) {
            Set<String> names = byNode.computeIfAbsent(report.getSpec().nodeName(), node -> new TreeSet<>());
            names.addAll(all);
            registered(report).forEach(names::add);
        }
        return byNode;
    }

    private static List<String> registered(NodeDeviceReport report) {
        return report.getStatus() == null
                ? List.of()
                : report.getStatus().resources().stream()
                        .filter(Resource::registered)
                        .map(Resource::name)
                        .toList();
    }

    /** What an agent with these settings offers; settings that nobody can read offer nothing. */
    static Set<String> of(ConfigMap settings) {
        String json = settings.getData() == null ? null : settings.getData().get(AgentSettings.FILE_NAME);
        if (json == null) {
            return Set.of();
        }
        try {
            AgentSettings read = AgentSettings.fromJson(json);
            return read.discoverOnly()
                    ? Set.of()
                    : read.resources().stream().map(DeviceResource::name).collect(Collectors.toSet());
        } catch (IllegalArgumentException e) {
            return Set.of();
        }
    }
}
