package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;

/** How a change reaches the nodes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.strategy) || self.strategy != 'Staged'",
        message = "strategy Staged is not available in this release; write AllAtOnce (the default) or OnDelete")
@ValidationRule(
        value =
                "!has(self.canary) && !has(self.maxUnavailable) && !has(self.progressDeadlineSeconds) && !has(self.onFailure)",
        message =
                "canary, maxUnavailable, progressDeadlineSeconds and onFailure belong to strategy Staged, which is not available in this"
                        + " release; leave them out")
public record RolloutSpec(
        @JsonPropertyDescription(
                "AllAtOnce replaces every agent of an old revision at once; OnDelete leaves that to whoever deletes the pods. Staged is not"
                        + " available in this release. Default: AllAtOnce.")
        Strategy strategy,

        @JsonPropertyDescription("First nodes of a staged rollout. Not available in this release.")
        Canary canary,

        @JsonPropertyDescription(
                "Nodes, as a number or a percentage, whose agents may be away at the same time. Not available in this release.")
        IntOrString maxUnavailable,

        @Min(1)
        @Max(86400)
        @JsonPropertyDescription("Seconds within which a node must succeed. Not available in this release.")
        Integer progressDeadlineSeconds,

        @JsonPropertyDescription("Rollback or Pause. Not available in this release.")
        OnFailure onFailure,

        @JsonPropertyDescription("Replace no agent until this is taken away.")
        Boolean paused) {

    public RolloutSpec {
        strategy = strategy == null ? Strategy.AllAtOnce : strategy;
        paused = paused != null && paused;
    }

    /** Everything at once. */
    public static RolloutSpec defaults() {
        return new RolloutSpec(null, null, null, null, null, null);
    }

    /** In which order agents are replaced. */
    public enum Strategy {
        Staged,
        AllAtOnce,
        OnDelete
    }

    /** What happens when a node fails. */
    public enum OnFailure {
        Rollback,
        Pause
    }

    /** First nodes of a staged rollout. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Canary(
            @JsonPropertyDescription("How many nodes, as a number or a percentage.")
            IntOrString nodes,

            @Min(0) @Max(86400) @JsonPropertyDescription("Seconds that they must stay good before the rest follows.")
            Integer soakSeconds) {}
}
