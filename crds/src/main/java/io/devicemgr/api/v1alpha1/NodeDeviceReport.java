package io.devicemgr.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * All devices of one deployment on one node. Written by the agent of that node, on change only; read by the operator. Its
 * name is {@code <deployment>.<node>}, with a hash for the end of a node name that is too long for that.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Plural("nodedevicereports")
@Singular("nodedevicereport")
@ShortNames("ndr")
@Categories("device-plugins")
@AdditionalPrinterColumn(name = "Deployment", jsonPath = ".spec.deployment", type = Type.STRING)
@AdditionalPrinterColumn(name = "Node", jsonPath = ".spec.nodeName", type = Type.STRING)
@AdditionalPrinterColumn(name = "Devices", jsonPath = ".status.summary.devices", type = Type.STRING)
@AdditionalPrinterColumn(name = "Registered", jsonPath = ".status.summary.registered", type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Kubelet", jsonPath = ".status.kubeletSocket", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Watch", jsonPath = ".status.watchMode", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Revision", jsonPath = ".status.revision", type = Type.STRING, priority = 1)
public class NodeDeviceReport extends CustomResource<NodeDeviceReportSpec, NodeDeviceReportStatus> {
    private static final long serialVersionUID = 1L;

    /** Name of the report of a deployment on a node. */
    public static String nameOf(String deployment, String nodeName) {
        return new NodeDeviceReportSpec(deployment, nodeName).reportName();
    }
}
