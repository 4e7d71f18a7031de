package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** USB devices by vendor, product and serial number. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record UsbSelector(
        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Vendor id, four hexadecimal digits.")
        String vendorId,

        @Pattern("^[0-9a-fA-F]{4}$") @JsonPropertyDescription("Product id, four hexadecimal digits.")
        String productId,

        @Size(max = 126) @JsonPropertyDescription("Serial number; * and ? match as in a glob.")
        String serialNumber,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Which nodes of the device are handed out: usb (the bus node, the default), or subsystems of its interfaces such as tty,"
                        + " input, hidraw, video4linux, block.")
        List<String> expose) {}
