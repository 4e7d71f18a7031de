package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Health.Reason;

/**
 * What one probe has found.
 *
 * @param failure why the device cannot be used, or null when the probe has nothing against it
 * @param message the failure in words; empty without one
 */
record Outcome(Reason failure, String message) {

    static Outcome passed() {
        return new Outcome(null, "");
    }

    static Outcome failed(Reason failure, String message) {
        return new Outcome(failure, message);
    }

    boolean isPassed() {
        return failure == null;
    }

    /** One word of a small vocabulary, for metrics. */
    String word() {
        if (isPassed()) {
            return "passed";
        }
        return failure == Reason.PROBE_TIMED_OUT ? "timed_out" : "failed";
    }
}
