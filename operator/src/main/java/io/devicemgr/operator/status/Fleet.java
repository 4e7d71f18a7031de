package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.operator.rollout.AgentPod;
import io.fabric8.kubernetes.api.model.Node;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * All selected nodes, by name. Reports of other nodes are left out, and so are reports whose agent does not exist: nobody
 * keeps them up to date.
 */
record Fleet(List<NodeView> nodes) {

    static Fleet of(Observation observed) {
        Map<String, AgentPod> pods = new HashMap<>();
        observed.pods().forEach(pod -> pods.merge(pod.node(), pod, Fleet::liveOne));
        Map<String, NodeDeviceReportStatus> reports = new HashMap<>();
        observed.reports().stream()
                .filter(report -> report.getSpec() != null && report.getStatus() != null)
                .forEach(report -> reports.put(nodeOf(report), report.getStatus()));
        return new Fleet(observed.nodes().stream()
                .map(node -> view(node, pods, reports))
                .sorted(Comparator.comparing(NodeView::name))
                .toList());
    }

    private static NodeView view(Node node, Map<String, AgentPod> pods, Map<String, NodeDeviceReportStatus> reports) {
        String name = node.getMetadata().getName();
        Optional<AgentPod> pod = Optional.ofNullable(pods.get(name));
        Optional<NodeDeviceReportStatus> report = Optional.ofNullable(reports.get(name));
        return new NodeView(node, pod, pod.flatMap(found -> report), pod.isEmpty() && report.isPresent());
    }

    private static AgentPod liveOne(AgentPod left, AgentPod right) {
        return left.terminating() ? right : left;
    }

    private static String nodeOf(NodeDeviceReport report) {
        return report.getSpec().nodeName();
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    int sum(ToIntFunction<NodeView> count) {
        return nodes.stream().mapToInt(count).sum();
    }

    int devices() {
        return sum(NodeView::total);
    }

    int healthyDevices() {
        return sum(NodeView::healthy);
    }

    int unhealthyDevices() {
        return devices() - healthyDevices();
    }

    int allocatedDevices() {
        return sum(NodeView::allocated);
    }
}
