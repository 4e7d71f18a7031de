package io.devicemgr.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A class of devices that pods may ask for, and how the node agent that offers them is rolled out. Cluster-scoped: who can
 * write one is root on the nodes.
 */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Plural("deviceplugindeployments")
@Singular("deviceplugindeployment")
@ShortNames("dpd")
@Categories("device-plugins")
@AdditionalPrinterColumn(name = "Resources", jsonPath = ".status.summary.resources", type = Type.STRING)
@AdditionalPrinterColumn(name = "Nodes", jsonPath = ".status.summary.nodes", type = Type.STRING)
@AdditionalPrinterColumn(name = "Devices", jsonPath = ".status.summary.devices", type = Type.STRING)
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = Type.STRING)
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = Type.STRING)
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
@AdditionalPrinterColumn(name = "Allocated", jsonPath = ".status.devices.allocated", type = Type.INTEGER, priority = 1)
@AdditionalPrinterColumn(
        name = "KubeletConfig",
        jsonPath = ".status.conditions[?(@.type==\"KubeletConfigured\")].reason",
        type = Type.STRING,
        priority = 1)
@AdditionalPrinterColumn(name = "Revision", jsonPath = ".status.rollout.revision", type = Type.STRING, priority = 1)
@AdditionalPrinterColumn(name = "Image", jsonPath = ".status.summary.image", type = Type.STRING, priority = 1)
@ValidationRule(
        value = "!self.metadata.name.contains('.') && size(self.metadata.name) <= 63",
        message =
                "metadata.name must have no dot and at most 63 characters, because it becomes the value of a label and the"
                        + " beginning of other names; for example serial-adapters")
public class DevicePluginDeployment extends CustomResource<DevicePluginDeploymentSpec, DevicePluginDeploymentStatus> {
    private static final long serialVersionUID = 1L;
}
