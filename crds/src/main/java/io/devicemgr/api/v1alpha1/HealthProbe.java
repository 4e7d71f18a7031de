package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** One probe of a device; exactly one of the fields is set. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "[has(self.open), has(self.sysfsAttribute), has(self.command)].filter(x, x).size() == 1",
        message = "exactly one of open, sysfsAttribute and command must be given; write one list entry for each")
public record HealthProbe(
        @JsonPropertyDescription("Opens the device node.") Open open,

        @JsonPropertyDescription("Reads an attribute below the device's sysfs directory.")
        SysfsAttribute sysfsAttribute,

        @JsonPropertyDescription("Runs a command in the agent's container, without a shell.")
        Command command) {

    /** Opens the device node. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Open(
            @JsonPropertyDescription("ReadOnly, ReadWrite or None.")
            Mode mode) {
        /** How the node is opened. */
        public enum Mode {
            ReadOnly,
            ReadWrite,
            None
        }
    }

    /** Reads an attribute. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record SysfsAttribute(
            @Required
            @Size(min = 1, max = 256)
            @JsonPropertyDescription("Path relative to the device's sysfs directory.")
            String path,

            @Required @Size(min = 1, max = 32) @JsonProperty("in") @JsonPropertyDescription("Values that mean healthy.")
            List<String> in) {}

    /** Runs a command. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Command(
            @Required
            @Size(min = 1, max = 64)
            @JsonPropertyDescription("Program and arguments; $(DEVICE_PATH) and $(DEVICE_ID) are replaced.")
            List<String> command,

            @Min(1)
            @Max(300)
            @Default("2")
            @JsonPropertyDescription("Seconds after which it is killed and counts as failed.")
            Integer timeoutSeconds) {}
}
