package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

/** Devices of a sysfs subsystem by attribute and uevent property. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SysfsSelector(
        @Required
        @Size(min = 1, max = 64)
        @Pattern("^[A-Za-z0-9][A-Za-z0-9_.-]*$")
        @JsonPropertyDescription("Subsystem: the name of a directory below /sys/class or /sys/bus, for example accel.")
        String subsystem,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Attribute files, by path relative to the device's directory in sysfs, and the value that each must have; * and ? match as"
                        + " in a glob, and white space at both ends does not count.")
        Map<String, @Size(max = 256) String> attributes,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Properties of the device's uevent file, for example DRIVER, and the value that each must have; * and ? match as in a"
                        + " glob. A property that the device lacks is looked up in the device that it belongs to.")
        Map<String, @Size(max = 256) String> properties) {

    public SysfsSelector {
        attributes = attributes == null ? Map.of() : Map.copyOf(attributes);
        properties = properties == null ? Map.of() : Map.copyOf(properties);
    }
}
