package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Probes with thresholds, as of a container. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HealthChecks(
        @Min(1) @Max(86400) @JsonPropertyDescription("Seconds between two runs of the probes. Default 10.")
        Integer periodSeconds,

        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "Failures in a row that make a device Unhealthy. A probe that hangs fails once in each period. Default 1.")
        Integer failureThreshold,

        @Min(1)
        @Max(100)
        @JsonPropertyDescription(
                "Successes in a row that make it Healthy again; a device that is new or back needs one. Default 1.")
        Integer successThreshold,

        @Size(max = 8)
        @JsonPropertyDescription(
                "Probes, run one after the other until one fails; all must succeed. A new device is Unhealthy until they have.")
        List<HealthProbe> probes) {

    public HealthChecks {
        periodSeconds = periodSeconds == null ? 10 : periodSeconds;
        failureThreshold = failureThreshold == null ? 1 : failureThreshold;
        successThreshold = successThreshold == null ? 1 : successThreshold;
        probes = probes == null ? List.of() : List.copyOf(probes);
    }

    /** No probes: presence and identity only. */
    public static HealthChecks none() {
        return new HealthChecks(null, null, null, null);
    }
}
