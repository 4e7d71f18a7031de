package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Several device nodes that are one device. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BundleSelector(
        @Required @Size(min = 1, max = 32) @JsonPropertyDescription("Globs below /dev; each must match something.")
        List<String> globs,

        @Size(max = 32) @JsonPropertyDescription("Globs below /dev that may match nothing.")
        List<String> optionalGlobs) {}
