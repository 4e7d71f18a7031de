package io.devicemgr.operator.fleet;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.fabric8.kubernetes.api.model.Node;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * All selected nodes, by name. Reports of other nodes are left out, and so are reports whose agent does not exist: nobody
 * keeps them up to date.
 */
public record Fleet(List<NodeView> nodes) {

    /**
     * Brings together what belongs together.
     *
     * @param nodes the nodes that the placement selects
     * @param pods the agent pods, those on other nodes included
     * @param reports the reports, those of other nodes included
     */
    public static Fleet of(List<Node> nodes, List<AgentPod> pods, List<NodeDeviceReport> reports) {
        return of(nodes, pods, reports, Trial::on);
    }

    /**
     * The same, when somebody knows better than the reports which node is in its turn.
     *
     * @param trials finds the trial that is written on a report
     */
    public static Fleet of(
            List<Node> nodes,
            List<AgentPod> pods,
            List<NodeDeviceReport> reports,
            Function<NodeDeviceReport, Optional<Trial>> trials) {
        Map<String, AgentPod> podOf = new HashMap<>();
        pods.forEach(pod -> podOf.merge(pod.node(), pod, Fleet::liveOne));
        Map<String, NodeDeviceReport> reportOf = new HashMap<>();
        reports.stream()
                .filter(report -> report.getSpec() != null)
                .forEach(report -> reportOf.put(nodeOf(report), report));
        return new Fleet(nodes.stream()
                .map(node -> view(node, podOf, reportOf, trials))
                .sorted(Comparator.comparing(NodeView::name))
                .toList());
    }

    private static NodeView view(
            Node node,
            Map<String, AgentPod> pods,
            Map<String, NodeDeviceReport> reports,
            Function<NodeDeviceReport, Optional<Trial>> trials) {
        String name = node.getMetadata().getName();
        Optional<AgentPod> pod = Optional.ofNullable(pods.get(name));
        Optional<NodeDeviceReport> report = Optional.ofNullable(reports.get(name));
        // A node that was made anew under its name has not been there in that turn.
        Optional<Trial> trial = report.flatMap(trials)
                .filter(turn -> !turn.began()
                        .isBefore(Timestamps.parse(node.getMetadata().getCreationTimestamp())));
        Optional<NodeDeviceReportStatus> told = report.map(NodeDeviceReport::getStatus);
        return new NodeView(node, pod, pod.flatMap(found -> told), pod.isEmpty() && told.isPresent(), trial);
    }

    private static AgentPod liveOne(AgentPod left, AgentPod right) {
        return left.terminating() ? right : left;
    }

    private static String nodeOf(NodeDeviceReport report) {
        return report.getSpec().nodeName();
    }

    /** Whether no node is selected. */
    public boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** Sum over the nodes. */
    public int sum(ToIntFunction<NodeView> count) {
        return nodes.stream().mapToInt(count).sum();
    }

    /** Number of devices. */
    public int devices() {
        return sum(NodeView::total);
    }

    /** Number of healthy devices. */
    public int healthyDevices() {
        return sum(NodeView::healthy);
    }

    /** Number of unhealthy devices. */
    public int unhealthyDevices() {
        return devices() - healthyDevices();
    }

    /** Number of devices that containers hold. */
    public int allocatedDevices() {
        return sum(NodeView::allocated);
    }
}
