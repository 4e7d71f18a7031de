package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** USB devices by vendor, product and serial number. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.vendorId) || has(self.serialNumber)",
        message = "vendorId or serialNumber must be given: an empty selector would match every USB device of the node")
@ValidationRule(
        value = "!has(self.productId) || has(self.vendorId)",
        message = "productId needs vendorId: product ids mean something only together with their vendor")
public record UsbSelector(
        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Vendor id, four hexadecimal digits.")
        String vendorId,

        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Product id, four hexadecimal digits.")
        String productId,

        @Size(max = 126) @JsonPropertyDescription("Serial number; * and ? match as in a glob.")
        String serialNumber,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Which nodes of the device are handed out: usb (the bus node below /dev/bus/usb, the default), or subsystems of what the"
                        + " kernel's drivers made of it, such as tty, input, hidraw, video4linux, sound, block. Each one that is named must"
                        + " be there. net stands for network interfaces, which have no node: they are counted and named in the report.")
        List<@Pattern("^[a-z0-9][a-z0-9_-]{0,31}$") String> expose) {

    public UsbSelector {
        expose = expose == null || expose.isEmpty() ? List.of("usb") : List.copyOf(expose);
    }
}
