package io.devicemgr.testkit.cluster;

import java.time.Duration;
import java.time.Instant;

/** State of one container of a pod: running, waiting for its (next) start, or completed. */
final class RunState {
    static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(500);
    // A kubelet's delays are 10 s to 300 s: no test waits for that.
    private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);
    /** After its first end it starts again as soon as that has been noticed. */
    private static final Duration NOTICED = Duration.ofMillis(250);
    /** What a runtime says of a process that ended with its machine. */
    private static final int LOST_EXIT_CODE = 255;

    private ContainerProcess process;
    private Instant startedAt;
    private Instant restartAt = Instant.MIN;
    private Duration delay = FIRST_RESTART_DELAY;
    private Duration pullDelay = FIRST_RESTART_DELAY;
    private String waitingReason = "ContainerCreating";
    private String waitingMessage = "";
    private End lastEnd;
    private int restarts;
    private boolean ready;
    private boolean completed;
    private boolean justEnded;

    /** How a process ended. */
    record End(int exitCode, String reason, String message, Instant startedAt, Instant finishedAt) {}

    boolean running() {
        return process != null;
    }

    ContainerProcess process() {
        return process;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** True while nothing may start it. */
    boolean paused(Instant now) {
        return now.isBefore(restartAt);
    }

    String waitingReason() {
        return waitingReason;
    }

    String waitingMessage() {
        return waitingMessage;
    }

    /** Of the last process that ended; null before. */
    End lastEnd() {
        return lastEnd;
    }

    int restarts() {
        return restarts;
    }

    boolean ready() {
        return ready;
    }

    /** Its process has ended and is not to run again. */
    boolean completed() {
        return completed;
    }

    /** True from an end to the start after it, unless there is a back-off to be shown. */
    boolean justEnded() {
        return justEnded;
    }

    void ready(boolean now) {
        ready = now && running();
    }

    void started(ContainerProcess newProcess, Instant now) {
        process = newProcess;
        startedAt = now;
        justEnded = false;
        pullDelay = FIRST_RESTART_DELAY;
        restarts += lastEnd == null ? 0 : 1;
    }

    void complete(Instant now) {
        finish(0, "", now);
    }

    /** Its process has ended, and is not to run again. */
    void finish(int exitCode, String message, Instant now) {
        end(exitCode, exitCode == 0 ? "Completed" : "Error", message, now);
        justEnded = false;
        completed = true;
    }

    /** Its process has ended; the back-off begins with the second end. */
    void ended(int exitCode, String message, String name, Instant now) {
        end(exitCode, exitCode == 0 ? "Completed" : "Error", message, now);
        delay = Duration.between(startedAt, now).compareTo(LONGEST_RESTART_DELAY) > 0 ? FIRST_RESTART_DELAY : delay;
        if (restarts == 0) {
            restartAt = now.plus(NOTICED);
            return;
        }
        restartAt = now.plus(delay);
        waitFor("CrashLoopBackOff", "back-off " + delay.toMillis() + "ms restarting failed container=" + name);
        delay = min(delay.multipliedBy(2), LONGEST_RESTART_DELAY);
    }

    /** It has ended with its machine, and starts again with it. */
    void lost(Instant now) {
        completed = false;
        if (running()) {
            end(LOST_EXIT_CODE, "Unknown", "", now);
            restartAt = now;
        }
    }

    private void end(int exitCode, String reason, String message, Instant now) {
        process = null;
        ready = false;
        lastEnd = new End(exitCode, reason, message, startedAt, now);
        justEnded = true;
    }

    /** It cannot start now, and the next attempt is a moment later; a pull that failed is backed off from. */
    void refused(StartRefusedException why, Instant now) {
        waitFor(why.reason(), why.getMessage());
        if (why.reason().equals(StartRefusedException.ERR_IMAGE_PULL)) {
            restartAt = now.plus(pullDelay);
            pullDelay = min(pullDelay.multipliedBy(2), LONGEST_RESTART_DELAY);
        } else {
            restartAt = now.plus(FIRST_RESTART_DELAY);
        }
    }

    void waitFor(String reason, String message) {
        justEnded = false;
        waitingReason = reason;
        waitingMessage = message == null ? "" : message;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
