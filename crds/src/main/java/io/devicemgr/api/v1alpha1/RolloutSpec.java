package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;

/** How a change reaches the nodes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.strategy) || self.strategy == 'Staged' || (!has(self.canary) && !has(self.maxUnavailable) && !has(self.onFailure))",
        message =
                "canary, maxUnavailable and onFailure belong to strategy Staged (the default); leave them out or write Staged")
public record RolloutSpec(
        @JsonPropertyDescription(
                "Staged tries a change on the canary nodes, then goes on in batches, and stops at a node that got worse; AllAtOnce"
                        + " replaces every agent of an old revision at once; OnDelete leaves that to whoever deletes the pods. Default: Staged.")
        Strategy strategy,

        @JsonPropertyDescription("First nodes of a staged rollout.")
        Canary canary,

        @ValidationRule(
                value = "type(self) == int ? self >= 1 && self <= 5000 : self.matches('^[1-9][0-9]?%$|^100%$')",
                message = "maxUnavailable must be a number from 1 to 5000 or a percentage from 1% to 100%")
        @JsonPropertyDescription(
                "Nodes, as a number or as a percentage (rounded up) of the selected nodes, whose agents may be away at the same"
                        + " time after the canary. Nodes that are not Ready, or cordoned, do not count. Default: 10%.")
        IntOrString maxUnavailable,

        @Min(1)
        @Max(86400)
        @JsonPropertyDescription(
                "Seconds within which the agent of a node must have passed after it was replaced. Default: 600.")
        Integer progressDeadlineSeconds,

        @JsonPropertyDescription(
                "What happens when a node fails or is late. Rollback puts the last good revision back on the nodes that changed; Pause"
                        + " leaves everything as it is. Both wait for the next change of the spec. Default: Rollback.")
        OnFailure onFailure,

        @JsonPropertyDescription("Replace no agent until this is taken away.")
        Boolean paused) {

    /** Nodes whose agents may be away at the same time. */
    public static final IntOrString MAX_UNAVAILABLE = new IntOrString("10%");
    /** Time that a node gets, in seconds. */
    public static final int PROGRESS_DEADLINE_SECONDS = 600;

    public RolloutSpec {
        strategy = strategy == null ? Strategy.Staged : strategy;
        paused = paused != null && paused;
    }

    /** Staged, with all defaults. */
    public static RolloutSpec defaults() {
        return new RolloutSpec(null, null, null, null, null, null);
    }

    /**
     * Nodes whose agents may be away at the same time; at least one.
     *
     * @param nodes number of the selected nodes
     */
    public int maxUnavailableOf(int nodes) {
        return Math.max(1, Share.of(maxUnavailable == null ? MAX_UNAVAILABLE : maxUnavailable, nodes));
    }

    /**
     * Nodes that try a change first; none when there is no canary.
     *
     * @param nodes number of the selected nodes
     */
    public int canariesOf(int nodes) {
        IntOrString wanted = canary == null || canary.nodes() == null ? Canary.NODES : canary.nodes();
        return Math.min(nodes, Share.of(wanted, nodes));
    }

    /** How long the canaries must stay good. */
    public Duration soak() {
        return Duration.ofSeconds(
                canary == null || canary.soakSeconds() == null ? Canary.SOAK_SECONDS : canary.soakSeconds());
    }

    /** Within which time a node must have passed. */
    public Duration progressDeadline() {
        return Duration.ofSeconds(
                progressDeadlineSeconds == null ? PROGRESS_DEADLINE_SECONDS : progressDeadlineSeconds);
    }

    /** Whether a failure brings the last good revision back. */
    public boolean rollsBack() {
        return onFailure == null || onFailure == OnFailure.Rollback;
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
            @ValidationRule(
                    value = "type(self) == int ? self >= 0 && self <= 5000 : self.matches('^[1-9][0-9]?%$|^100%$')",
                    message = "canary.nodes must be a number from 0 to 5000 or a percentage from 1% to 100%")
            @JsonPropertyDescription(
                    "How many nodes, as a number or as a percentage (rounded up) of the selected nodes; 0 goes without a canary. Default: 1.")
            IntOrString nodes,

            @Min(0)
            @Max(86400)
            @JsonPropertyDescription("Seconds that they must stay good before the rest follows. Default: 30.")
            Integer soakSeconds) {

        /** How many nodes. */
        public static final IntOrString NODES = new IntOrString(1);
        /** How long they must stay good, in seconds. */
        public static final int SOAK_SECONDS = 30;
    }
}
