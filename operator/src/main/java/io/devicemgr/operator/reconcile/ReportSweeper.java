package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.fleet.AgentPod;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the reports that nobody will write any more: of nodes that have gone or are no longer selected, and without an agent. */
final class ReportSweeper {
    private ReportSweeper() {}

    static List<NodeDeviceReport> unwanted(
            Collection<NodeDeviceReport> reports, Set<String> selected, Collection<AgentPod> pods) {
        Set<String> manned = pods.stream().map(AgentPod::node).collect(Collectors.toSet());
        return reports.stream()
                .filter(report -> report.getMetadata().getDeletionTimestamp() == null)
                .filter(report -> !selected.contains(report.getSpec().nodeName()))
                .filter(report -> !manned.contains(report.getSpec().nodeName()))
                .toList();
    }
}
