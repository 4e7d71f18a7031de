package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Device nodes by path. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PathSelector(
        @Required
        @Size(min = 6, max = 512)
        @ValidationRule(
                value = "self.startsWith('/dev/') && !self.contains('..') && !self.contains('//')",
                message =
                        "must be a path or glob below /dev without '..' or '//', for example /dev/ttyUSB* or /dev/serial/by-id/*")
        @JsonPropertyDescription(
                "Path below /dev, with the shell's *, ?, [...] and {a,b}; * and ? do not cross a '/'. Links are followed, and the device is"
                        + " known by the path that was asked for.")
        String glob) {}
