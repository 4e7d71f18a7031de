package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** PCI functions by vendor, device, class, driver or address. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PciSelector(
        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Vendor id, four hexadecimal digits.")
        String vendorId,

        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Device id, four hexadecimal digits.")
        String deviceId,

        @JsonProperty("class")
        @Pattern("^0x[0-9a-fA-F]{2,6}$")
        @JsonPropertyDescription("Class code or the beginning of it, for example 0x0380.")
        String classCode,

        @Size(max = 64) @JsonPropertyDescription("Kernel driver that is bound to the function, for example vfio-pci.")
        String driver,

        @Size(max = 64) @JsonPropertyDescription("PCI address, for example 0000:3b:00.*.")
        String address,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Which nodes below the function are handed out, by sysfs subsystem: drm, vfio, net, nvme, ...")
        List<String> expose) {}
