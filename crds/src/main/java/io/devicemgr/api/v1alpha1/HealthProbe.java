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
        @JsonPropertyDescription(
                "Opens every device node that makes the device and closes it again, without waiting for a carrier. A device that"
                        + " somebody else has for himself (EBUSY) counts as healthy. A driver may act on being opened: a serial line"
                        + " raises DTR. Time limit 2 s.")
        Open open,

        @JsonPropertyDescription(
                "Reads an attribute below the device's sysfs directory, at most 4 KiB of it. Time limit 2 s.")
        SysfsAttribute sysfsAttribute,

        @JsonPropertyDescription(
                "Runs a command in the agent's container, without a shell, with PATH as its only inherited variable and / as its"
                        + " directory. Bring the program there with agent.extraVolumes and agent.extraVolumeMounts.")
        Command command) {

    /** Opens the device node. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Open(
            @Default("ReadOnly")
            @JsonPropertyDescription("ReadOnly, ReadWrite or None, which does not open. Default ReadOnly.")
            Mode mode) {

        public Open {
            mode = mode == null ? Mode.ReadOnly : mode;
        }

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
            @ValidationRule(
                    value = "!self.startsWith('/') && !self.contains('..') && self.matches('[^ ]')",
                    message =
                            "must be a path relative to the device's directory in sysfs, without '..', for example device/health")
            @JsonPropertyDescription("Path relative to the device's sysfs directory.")
            String path,

            @Required
            @Size(min = 1, max = 32)
            @JsonProperty("in")
            @JsonPropertyDescription(
                    "Values that mean healthy; white space at both ends of what is read does not count.")
            List<@Size(max = 256) String> in) {

        public SysfsAttribute {
            in = in == null ? List.of() : List.copyOf(in);
        }
    }

    /** Runs a command. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Command(
            @Required
            @Size(min = 1, max = 32)
            @ValidationRule(
                    value = "size(self) == 0 || (self[0].startsWith('/') && !self[0].contains('..'))",
                    message =
                            "must begin with the absolute path of a program in the agent's container, for example /probes/check;"
                                    + " there is no shell")
            @JsonPropertyDescription(
                    "Program and arguments; $(DEVICE_PATH) (the first node), $(DEVICE_ID), $(DEVICE_SYSFS_PATH) (empty when not known)"
                            + " and $(RESOURCE_NAME) are replaced, and $$ is a dollar sign. Exit code 0 means healthy; otherwise the"
                            + " last kibibyte of the output becomes the message.")
            List<@Size(max = 1024) String> command,

            @Min(1)
            @Max(300)
            @Default("2")
            @JsonPropertyDescription("Seconds after which it is killed, with its children, and counts as failed.")
            Integer timeoutSeconds) {

        public Command {
            command = command == null ? List.of() : List.copyOf(command);
            timeoutSeconds = timeoutSeconds == null ? 2 : timeoutSeconds;
        }
    }
}
