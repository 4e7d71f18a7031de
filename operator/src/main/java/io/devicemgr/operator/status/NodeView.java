package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.operator.rollout.AgentPod;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One selected node: its agent and what the agent reports.
 *
 * @param pod the agent; of several the one that is not being deleted
 * @param report what the agent reports, if it exists
 * @param stale whether there is a report but no agent that could keep it up to date
 */
record NodeView(Node node, Optional<AgentPod> pod, Optional<NodeDeviceReportStatus> report, boolean stale) {

    String name() {
        return node.getMetadata().getName();
    }

    List<NodeDeviceReportStatus.Device> devices() {
        return report.map(NodeDeviceReportStatus::devices).orElse(List.of());
    }

    boolean nodeReady() {
        return node.getStatus() != null
                && node.getStatus().getConditions() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    boolean agentReady() {
        return pod.map(AgentPod::ready).orElse(false);
    }

    /** Whether the report comes from the agent that runs now, and not from the one before. */
    boolean reportIsCurrent() {
        return report.isPresent()
                && (report.get().revision() == null
                        || pod.map(AgentPod::revision)
                                .orElse("")
                                .equals(report.get().revision()));
    }

    int total(String resource) {
        return (int) devices().stream()
                .filter(device -> resource.equals(device.resource()))
                .count();
    }

    int healthy(String resource) {
        return (int) devices().stream()
                .filter(device -> resource.equals(device.resource()) && device.health() == DeviceHealth.Healthy)
                .count();
    }

    int allocated(String resource) {
        return (int) devices().stream()
                .filter(device -> resource.equals(device.resource())
                        && !device.allocatedTo().isEmpty())
                .count();
    }

    /** What the node advertises; a resource that it does not name counts as none. */
    int allocatable(String resource) {
        Map<String, Quantity> allocatable =
                node.getStatus() == null ? null : node.getStatus().getAllocatable();
        Quantity quantity = allocatable == null ? null : allocatable.get(resource);
        return quantity == null ? 0 : quantity.getNumericalAmount().intValue();
    }
}
