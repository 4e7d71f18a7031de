package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.operator.fleet.Trial;
import java.util.Map;

/** The report of an agent that has not written one, for what has to be noted on it. */
public final class AgentReport {
    private AgentReport() {}

    /** A report without a status. */
    public static NodeDeviceReport of(DevicePluginDeployment deployment, String node, Trial trial) {
        String name = deployment.getMetadata().getName();
        NodeDeviceReport report = new NodeDeviceReport();
        report.setMetadata(
                Owner.metadata(deployment, null, NodeDeviceReport.nameOf(name, node), Labels.of(deployment)));
        report.getMetadata().setAnnotations(Map.of(Trial.ANNOTATION, trial.toJson()));
        report.setSpec(new NodeDeviceReportSpec(name, node));
        return report;
    }
}
