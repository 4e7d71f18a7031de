package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Probes with thresholds, as of a container. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.probes) && !has(self.periodSeconds) && !has(self.failureThreshold) && !has(self.successThreshold)",
        message =
                "probes are not available in this release; leave health out: presence and identity are always watched")
public record HealthChecks(
        @Min(1) @Max(86400) @JsonPropertyDescription("Seconds between two runs of the probes. Default 10.")
        Integer periodSeconds,

        @Min(1) @Max(100) @JsonPropertyDescription("Failures in a row that make a device Unhealthy. Default 1.")
        Integer failureThreshold,

        @Min(1) @Max(100) @JsonPropertyDescription("Successes in a row that make it Healthy again. Default 1.")
        Integer successThreshold,

        @Size(max = 8) @JsonPropertyDescription("Probes; all must succeed.")
        List<HealthProbe> probes) {}
