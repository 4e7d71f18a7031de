package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A host directory or file that a container gets with a device. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HostMount(
        @Required
        @Size(min = 1, max = 512)
        @ValidationRule(
                value = "self.startsWith('/') && !self.contains('..')",
                message = "must be an absolute path without '..'")
        @JsonPropertyDescription("Path on the host.")
        String hostPath,

        @Required
        @Size(min = 1, max = 512)
        @ValidationRule(
                value = "self.startsWith('/') && !self.contains('..')",
                message = "must be an absolute path without '..'")
        @JsonPropertyDescription("Path in the container.")
        String containerPath,

        @JsonPropertyDescription("Mount without write access. Default true.")
        Boolean readOnly) {

    public HostMount {
        readOnly = readOnly == null || readOnly;
    }
}
