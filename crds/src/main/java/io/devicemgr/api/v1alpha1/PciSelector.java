package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** PCI functions by vendor, device, class, driver or address. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.vendorId) || has(self.class) || has(self.driver) || has(self.address)",
        message =
                "vendorId, class, driver or address must be given: an empty selector would match every PCI function of the node")
@ValidationRule(
        value = "!has(self.deviceId) || has(self.vendorId)",
        message = "deviceId needs vendorId: device ids mean something only together with their vendor")
public record PciSelector(
        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Vendor id, four hexadecimal digits.")
        String vendorId,

        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Device id, four hexadecimal digits.")
        String deviceId,

        @JsonProperty("class")
        @Pattern("^0x[0-9a-fA-F]{2,6}$")
        @JsonPropertyDescription("Class code or the beginning of it, for example 0x0380.")
        String classCode,

        @Pattern("^[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,63}$")
        @JsonPropertyDescription("Kernel driver that is bound to the function, for example vfio-pci.")
        String driver,

        @Size(max = 64)
        @Pattern("^[0-9a-fA-F:.*?]+$")
        @JsonPropertyDescription("PCI address with domain; * and ? match as in a glob, for example 0000:3b:00.*.")
        String address,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Which nodes below the function are handed out, by sysfs subsystem: drm, nvme, sound, ... Each one that is named must be"
                        + " there. vfio stands for the node of the function's IOMMU group and /dev/vfio/vfio, net for network interfaces, which"
                        + " have no node: they are counted and named in the report. Default: whatever nodes there are below the function.")
        List<@Pattern("^[a-z0-9][a-z0-9_-]{0,31}$") String> expose) {

    public PciSelector {
        expose = expose == null ? List.of() : List.copyOf(expose);
    }
}
