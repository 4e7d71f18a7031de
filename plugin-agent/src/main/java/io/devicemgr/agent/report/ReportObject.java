package io.devicemgr.agent.report;

import io.devicemgr.api.v1alpha1.ApiGroup;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.util.List;
import java.util.Map;

/**
 * The report of one deployment on one node as it goes over the wire.
 *
 * @param deployment name of the DevicePluginDeployment
 * @param deploymentUid its uid; empty when not known, then the report has no owner
 */
public record ReportObject(String deployment, String deploymentUid, String nodeName) {
    private static final String API_VERSION = ApiGroup.NAME + "/" + ApiGroup.VERSION;
    private static final String DEPLOYMENT_LABEL = ApiGroup.NAME + "/deployment";

    /** Path of the object at the API server. */
    String path() {
        return "/apis/" + API_VERSION + "/nodedevicereports/" + name();
    }

    String statusPath() {
        return path() + "/status";
    }

    /** Everything but the status, with the deployment as owner so that the report goes with it. */
    Map<String, Object> body() {
        List<Object> owners = deploymentUid == null || deploymentUid.isEmpty()
                ? List.of()
                : List.of(Map.of(
                        "apiVersion",
                        API_VERSION,
                        "kind",
                        "DevicePluginDeployment",
                        "name",
                        deployment,
                        "uid",
                        deploymentUid,
                        "controller",
                        false));
        return Map.of(
                "apiVersion",
                API_VERSION,
                "kind",
                "NodeDeviceReport",
                "metadata",
                Map.of("name", name(), "labels", Map.of(DEPLOYMENT_LABEL, deployment), "ownerReferences", owners),
                "spec",
                new NodeDeviceReportSpec(deployment, nodeName));
    }

    Map<String, Object> body(NodeDeviceReportStatus status) {
        return Map.of(
                "apiVersion",
                API_VERSION,
                "kind",
                "NodeDeviceReport",
                "metadata",
                Map.of("name", name()),
                "status",
                status);
    }

    private String name() {
        return new NodeDeviceReportSpec(deployment, nodeName).reportName();
    }
}
