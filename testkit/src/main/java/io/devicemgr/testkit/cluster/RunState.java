package io.devicemgr.testkit.cluster;

import java.time.Duration;
import java.time.Instant;

/** State of one container of a pod: running, waiting for its (next) start, or completed. */
final class RunState {
    static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);

    private ContainerProcess process;
    private Instant startedAt;
    private Instant restartAt = Instant.MIN;
    private Duration delay = FIRST_RESTART_DELAY;
    private String waitingReason = "ContainerCreating";
    private String waitingMessage = "";
    private Integer lastExitCode;
    private int restarts;
    private boolean ready;
    private boolean completed;
    private boolean justEnded;

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
    Integer lastExitCode() {
        return lastExitCode;
    }

    int restarts() {
        return restarts;
    }

    boolean ready() {
        return ready;
    }

    /** Its process has ended with 0 and is not to run again. */
    boolean completed() {
        return completed;
    }

    /** True from its first end to the start after it; later ends are shown as back-off. */
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
        restarts += lastExitCode == null ? 0 : 1;
    }

    void complete() {
        process = null;
        lastExitCode = 0;
        completed = true;
    }

    void ended(int exitCode, Instant now) {
        process = null;
        ready = false;
        lastExitCode = exitCode;
        delay = Duration.between(startedAt, now).compareTo(LONGEST_RESTART_DELAY) > 0 ? FIRST_RESTART_DELAY : delay;
        restartAt = now.plus(delay);
        waitFor("CrashLoopBackOff", "back-off " + delay.toMillis() + "ms restarting failed container");
        justEnded = restarts == 0;
        delay = min(delay.multipliedBy(2), LONGEST_RESTART_DELAY);
    }

    /** It cannot start now, and the next attempt is a moment later. */
    void refused(StartRefusedException why, Instant now) {
        waitFor(why.reason(), why.getMessage());
        restartAt = now.plus(FIRST_RESTART_DELAY);
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
