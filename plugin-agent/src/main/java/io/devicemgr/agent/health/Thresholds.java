package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import java.time.Duration;
import java.time.Instant;

/**
 * How many outcomes in a row make a verdict. Pure.
 *
 * @param failures failures in a row that make a device unhealthy
 * @param successes successes in a row that make it healthy again
 */
record Thresholds(int failures, int successes) {
    /** How long a message stays that says the same in other words: an output with the time in it must not be a change each time. */
    private static final Duration WORDING = Duration.ofMinutes(1);

    Thresholds {
        if (failures < 1 || successes < 1) {
            throw new IllegalArgumentException("Thresholds are at least 1, not " + failures + " and " + successes);
        }
    }

    /**
     * The standing after one more outcome. Whoever has not been probed yet needs one success, or one failure to be told why not;
     * an unhealthy device has the reason of its latest failure.
     */
    Standing after(Standing before, Outcome outcome, Instant now) {
        boolean unprobed = before.isUnprobed();
        if (outcome.isPassed()) {
            int passed = before.passed() + 1;
            boolean healthy = before.verdict().isHealthy() || unprobed || passed >= successes;
            return healthy
                    ? new Standing(Health.present(now).after(before.verdict()), 0, 0, now)
                    : new Standing(before.verdict(), passed, 0, before.worded());
        }
        int failed = before.failed() + 1;
        boolean unhealthy = !before.verdict().isHealthy() || failed >= failures;
        return unhealthy ? unhealthy(before, outcome, now) : new Standing(before.verdict(), 0, failed, before.worded());
    }

    private static Standing unhealthy(Standing before, Outcome outcome, Instant now) {
        Health old = before.verdict();
        boolean same = !old.isHealthy() && old.reason() == outcome.failure();
        if (same && before.worded().plus(WORDING).isAfter(now)) {
            return new Standing(old, 0, 0, before.worded());
        }
        boolean reworded = !same || !old.message().equals(outcome.message());
        Health verdict = Health.unhealthy(outcome.failure(), outcome.message(), same ? old.since() : now);
        return new Standing(verdict, 0, 0, reworded ? now : before.worded());
    }

    /**
     * What the outcomes so far have led to.
     *
     * @param verdict what is told
     * @param passed successes in a row that have not changed the verdict yet
     * @param failed failures in a row that have not changed the verdict yet
     * @param worded when the message was written
     */
    record Standing(Health verdict, int passed, int failed, Instant worded) {

        /** The standing of a device whose verdict is all that is known. */
        static Standing of(Health verdict) {
            return new Standing(verdict, 0, 0, verdict.since());
        }

        boolean isUnprobed() {
            return verdict.reason() == Reason.UNPROBED;
        }
    }
}
