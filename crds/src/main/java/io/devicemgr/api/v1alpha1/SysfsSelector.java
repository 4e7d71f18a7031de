package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

/** Devices of a sysfs subsystem by attribute and uevent property. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SysfsSelector(
        @Required @Size(min = 1, max = 64) @JsonPropertyDescription("Subsystem, for example accel.")
        String subsystem,

        @Size(max = 32) @JsonPropertyDescription("Attribute files below the device and the value that each must have.")
        Map<String, String> attributes,

        @Size(max = 32)
        @JsonPropertyDescription("Properties of the device's uevent file and the value that each must have.")
        Map<String, String> properties) {}
