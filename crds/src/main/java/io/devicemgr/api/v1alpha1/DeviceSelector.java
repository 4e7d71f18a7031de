package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** One way to find devices; exactly one of the fields is set. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "[has(self.path), has(self.usb), has(self.pci), has(self.sysfs), has(self.bundle)].filter(x, x).size() == 1",
        message = "exactly one of path, usb, pci, sysfs and bundle must be given; write one list entry for each")
public record DeviceSelector(
        @JsonPropertyDescription("Device nodes by the path of the node or of a link to it.")
        PathSelector path,

        @JsonPropertyDescription("USB devices by their descriptors.")
        UsbSelector usb,

        @JsonPropertyDescription("PCI functions by their configuration.")
        PciSelector pci,

        @JsonPropertyDescription("Devices of a sysfs subsystem by their attributes.")
        SysfsSelector sysfs,

        @JsonPropertyDescription("Several nodes that are handed out as one device.")
        BundleSelector bundle) {

    /** A selector of device nodes by path. */
    public static DeviceSelector path(String glob) {
        return new DeviceSelector(new PathSelector(glob), null, null, null, null);
    }
}
