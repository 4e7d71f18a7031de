package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is done to a device before each start of a container that holds it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "(!has(self.reset) || self.reset == 'None') && (!has(self.command) || size(self.command) == 0)",
        message = "reset and command are not available in this release; leave prepare out")
public record Preparation(
        @JsonPropertyDescription("Resets the hardware. In this release only None.")
        Reset reset,

        @Size(max = 64) @JsonPropertyDescription("Program and arguments, run in the agent's container without a shell.")
        List<String> command) {

    /** How the hardware is reset. */
    public enum Reset {
        None,
        PCIFunctionReset,
        USBReset
    }
}
