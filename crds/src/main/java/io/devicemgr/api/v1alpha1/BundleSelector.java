package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Several device nodes that are one device. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BundleSelector(
        @Required
        @Size(min = 1, max = 16)
        @JsonPropertyDescription("Globs below /dev; each must match something. Everything matched is one device.")
        List<@Size(max = 256) @Pattern("^/dev/[^/]+(/[^/]+)*$") String> globs,

        @Size(max = 16) @JsonPropertyDescription("Globs below /dev that may match nothing.")
        List<@Size(max = 256) @Pattern("^/dev/[^/]+(/[^/]+)*$") String> optionalGlobs) {

    public BundleSelector {
        globs = globs == null ? List.of() : List.copyOf(globs);
        optionalGlobs = optionalGlobs == null ? List.of() : List.copyOf(optionalGlobs);
    }
}
