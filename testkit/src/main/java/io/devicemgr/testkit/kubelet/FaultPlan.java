package io.devicemgr.testkit.kubelet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The switches that the parts of a simulated kubelet ask; {@link Faults} is where tests set them. */
final class FaultPlan {
    private int registrationsToReject;
    private String rejection;
    private Duration registrationDelay = Duration.ZERO;
    private boolean answersFirst;
    private int repliesToLose;
    private int streamsToSkip;
    private int podResourcesToReject;
    private StreamStart streamStart = StreamStart.RANDOM;
    private String authority = "localhost";
    private Optional<Duration> dialLimit = Optional.empty();
    private final List<HandOverHold> holds = new ArrayList<>();

    synchronized void rejectRegistrations(int times, String message) {
        registrationsToReject = times;
        rejection = message;
    }

    synchronized void delayRegistrations(Duration delay) {
        registrationDelay = delay;
    }

    synchronized void answerFirst(boolean first) {
        answersFirst = first;
    }

    synchronized boolean answersFirst() {
        return answersFirst;
    }

    synchronized void loseReplies(int times) {
        repliesToLose = times;
    }

    synchronized boolean loseReply() {
        return repliesToLose > 0 && repliesToLose-- > 0;
    }

    synchronized void skipStreams(int times) {
        streamsToSkip = times;
    }

    synchronized void rejectPodResources(int times) {
        podResourcesToReject = times;
    }

    synchronized void startStreams(StreamStart start) {
        streamStart = start;
    }

    synchronized void dialWithAuthority(String name) {
        authority = name;
    }

    synchronized void giveUpDialsAfter(Duration limit) {
        dialLimit = Optional.of(limit);
    }

    synchronized Duration dialLimit(Duration usual) {
        return dialLimit.orElse(usual);
    }

    synchronized void hold(HandOverHold hold) {
        holds.add(hold);
    }

    synchronized String authority() {
        return authority;
    }

    synchronized boolean streamBeforeReply(RandomOrder order) {
        return switch (streamStart) {
            case BEFORE_REPLY -> true;
            case AFTER_REPLY -> false;
            case RANDOM -> order.coin();
        };
    }

    synchronized boolean skipStream() {
        return streamsToSkip > 0 && streamsToSkip-- > 0;
    }

    synchronized boolean rejectPodResources() {
        return podResourcesToReject > 0 && podResourcesToReject-- > 0;
    }

    void beforeRegistration() throws DeviceManagerException {
        waitFor(delay());
        Optional<String> error = nextRejection();
        if (error.isPresent()) {
            throw new DeviceManagerException(error.get());
        }
    }

    /** Stands still here as long as a test holds this step. */
    void beforeStep(HandOverStep step, String resource) {
        takeHold(step, resource).ifPresent(HandOverHold::pass);
    }

    private synchronized Duration delay() {
        return registrationDelay;
    }

    private synchronized Optional<String> nextRejection() {
        if (registrationsToReject == 0) {
            return Optional.empty();
        }
        registrationsToReject--;
        return Optional.of(rejection);
    }

    private synchronized Optional<HandOverHold> takeHold(HandOverStep step, String resource) {
        for (Iterator<HandOverHold> it = holds.iterator(); it.hasNext(); ) {
            HandOverHold hold = it.next();
            if (hold.concerns(step, resource)) {
                it.remove();
                return Optional.of(hold);
            }
        }
        return Optional.empty();
    }

    private static void waitFor(Duration delay) {
        try {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
