package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is done to a device before each start of a container that holds it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Preparation(
        @JsonPropertyDescription(
                "Resets the hardware through sysfs: PCIFunctionReset for PCI functions, USBReset for USB devices, None. Default None.")
        Reset reset,

        @Size(max = 32)
        @ValidationRule(
                value = "size(self) == 0 || (self[0].startsWith('/') && !self[0].contains('..'))",
                message =
                        "must begin with the absolute path of a program in the agent's container, for example /opt/vendor/bin/init;"
                                + " there is no shell")
        @JsonPropertyDescription(
                "Program and arguments, run in the agent's container without a shell, once for each device before each start of a"
                        + " container that holds it, for at most 20 s; $(DEVICE_PATH), $(DEVICE_ID), $(DEVICE_SYSFS_PATH) and"
                        + " $(RESOURCE_NAME) are replaced. It must not mind being run again.")
        List<@Size(max = 1024) String> command) {

    public Preparation {
        reset = reset == null ? Reset.None : reset;
        command = command == null ? List.of() : List.copyOf(command);
    }

    /** Nothing is done. */
    public static Preparation none() {
        return new Preparation(null, null);
    }

    /** Whether anything is done. Not a field. */
    @JsonIgnore
    public boolean isNeeded() {
        return reset != Reset.None || !command.isEmpty();
    }

    /** How the hardware is reset. */
    public enum Reset {
        None,
        PCIFunctionReset,
        USBReset
    }
}
