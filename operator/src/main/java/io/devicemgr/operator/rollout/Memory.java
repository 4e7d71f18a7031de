package io.devicemgr.operator.rollout;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.operator.fleet.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a rollout remembers from one step to the next: read from the status, changed by one step, written back. */
final class Memory {
    private static final Duration GOOD_FOR_LONG = Duration.ofMinutes(1);

    /** The revision that the agents have or get. */
    String revision;
    /** The last revision that was complete; null before the first. */
    String lastGood;
    /** The wanted revision that failed, or null. */
    String failed;
    /** Why it failed. */
    String failure;
    /** DeadlineExceeded or NodeFailed. */
    ConditionReason failedHow;
    /** When the rollout of the revision began. */
    Instant startedAt;
    /** Since when all canaries are good, or null. */
    Instant soakingSince;
    /** When they had been so for long enough, or when the batches went on after a pause; null before. */
    Instant promotedAt;
    /** When a node has passed last, or when there was another reason to be patient. */
    Instant progressAt;
    /** How many nodes had the revision and were ready. */
    int updated;
    /** Whether it stood still. */
    private boolean paused;

    private Memory() {}

    static Memory of(Optional<RolloutStatus> before) {
        RolloutStatus status = before.orElse(NOTHING);
        Memory memory = new Memory();
        memory.revision = status.revision() == null ? "" : status.revision();
        memory.lastGood = status.lastGoodRevision();
        memory.failed = status.failedRevision();
        memory.failure = status.failure();
        memory.failedHow = ConditionReason.DeadlineExceeded.name().equals(status.phase())
                ? ConditionReason.DeadlineExceeded
                : ConditionReason.NodeFailed;
        memory.paused = ConditionReason.Paused.name().equals(status.phase());
        memory.startedAt = Timestamps.parse(status.startedAt());
        memory.soakingSince = parse(status.soakingSince());
        memory.promotedAt = parse(status.promotedAt());
        memory.progressAt = Timestamps.parse(status.progressAt());
        memory.updated = status.updatedNodes() == null ? 0 : status.updatedNodes();
        return memory;
    }

    private static final RolloutStatus NOTHING =
            new RolloutStatus(null, null, null, null, null, null, null, null, null, null, null);

    /** Forgets a failure, so that what failed is tried afresh. */
    void forgive() {
        if (failed != null) {
            revision = "";
            failed = null;
            failure = null;
        }
    }

    /** Begins a rollout unless it is under way already. */
    void aimAt(String goal, Instant now) {
        if (!goal.equals(revision)) {
            revision = goal;
            startedAt = now;
            progressAt = now;
            soakingSince = null;
            promotedAt = null;
            updated = 0;
        }
    }

    /** Goes on after a pause, the time of which counts against nobody. */
    void resume(Instant now) {
        if (paused) {
            progressAt = now;
            promotedAt = promotedAt == null ? null : now;
        }
    }

    /** The canaries are not all good, or not any more; after a good minute that is no more than a bad moment so far. */
    void stopSoaking(Instant now) {
        if (soakingSince != null && !soakingSince.plus(GOOD_FOR_LONG).isAfter(now)) {
            progressAt = now;
        }
        soakingSince = null;
    }

    boolean isLastGood(String goal) {
        return goal.equals(lastGood);
    }

    RolloutStatus status(ConditionReason phase, String message, int updatedNodes) {
        return new RolloutStatus(
                phase.name(),
                revision,
                lastGood,
                failed,
                failure,
                updatedNodes,
                message,
                text(startedAt),
                text(soakingSince),
                text(promotedAt),
                text(progressAt));
    }

    private static Instant parse(String text) {
        return text == null ? null : Timestamps.parse(text);
    }

    private static String text(Instant instant) {
        return instant == null || instant.equals(Instant.EPOCH) ? null : Timestamps.format(instant);
    }
}
