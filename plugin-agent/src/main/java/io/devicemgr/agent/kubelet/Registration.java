package io.devicemgr.agent.kubelet;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registration of one resource with the kubelet, as a state machine. The world tells what happens and does what is asked;
 * everything runs on one thread. docs/agent-flow.md has the picture.
 */
final class Registration {
    /** Contract rule 83: pause between the end of the own streams and the next Register. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** Contract rule 84: ListAndWatch must come soon after Register was accepted. */
    static final Duration STREAM_LIMIT = Duration.ofSeconds(2);

    /** The file of a socket is there a moment before the kubelet listens on it. */
    static final Duration SETTLE = Duration.ofMillis(50);

    /**
     * Longest wait between two attempts. The call goes over a local socket and costs nothing worth saving; a node whose kubelet is
     * well again must have its devices within 5 s.
     */
    static final Duration RETRY_MAX = Duration.ofSeconds(2);

    /** A stream that ends sooner is no success. */
    static final Duration BRIEF = Duration.ofSeconds(30);

    /** Time that the kubelet is given to take the first list. */
    static final Duration READ_FIRST = Duration.ofMillis(100);

    static final Duration READ_AGAIN = Duration.ofSeconds(1);
    static final int READS_WITHOUT_API = 3;
    static final int READS_WITHOUT_DEVICES = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

    private final String resource;
    private final World world;
    private Phase phase = Phase.WAITING_FOR_KUBELET;
    private Instant retryAt = Instant.MIN;
    private Instant pauseEnd = Instant.MIN;
    private Instant since;
    private Instant streamingSince = Instant.MIN;
    private boolean accepted;
    private boolean wasRegistered;
    private int streams;
    private int failures;
    private int fruitlessReads;
    private Boolean verified;
    private String lastError;

    /** Where a registration stands. */
    enum Phase {
        WAITING_FOR_KUBELET,
        PAUSING,
        REGISTERING,
        AWAITING_STREAM,
        VERIFYING,
        SERVING,
        STOPPED
    }

    /** What a registration sees and does. */
    interface World {
        Instant now();

        /** Whether kubelet.sock is there. */
        boolean kubeletPresent();

        /**
         * Sees to it that the own socket is bound and its path leads to it (contract rule 87).
         *
         * @return what is in the way, or null
         */
        String serve();

        /** Ends the own streams and removes the own socket. */
        void stopServing();

        /** Tells the kubelet of the socket; then {@link #registered()} or {@link #refused(String)} follows. */
        void register();

        /** Whether a kubelet that has just started finds the own socket by itself, so that the answer will be its own. */
        boolean foundByKubelet();

        /** Gives up telling it; nothing follows. */
        void cancelRegister();

        /** Reads PodResources soon; then {@link #read} follows. */
        void readPodResources();

        /** Sends changed lists from now on; a socket starts with only the first list being sent (contract rule 85). */
        void releaseLists();

        /** Calls {@link #wake()} after the time, instead of any earlier wish. */
        void wakeAfter(Duration time);

        /** The status may have changed. */
        void changed();
    }

    Registration(String resource, World world) {
        this.resource = resource;
        this.world = world;
        this.since = world.now();
    }

    Phase phase() {
        return phase;
    }

    RegistrationStatus status() {
        return new RegistrationStatus(resource, isRegistered(), verified, since, lastError);
    }

    /**
     * Begins.
     *
     * @param pause what is left of the pause after the end of an earlier agent (contract rule 83)
     */
    void start(Duration pause) {
        pauseEnd = world.now().plus(pause);
        attempt();
    }

    void stop() {
        world.cancelRegister();
        world.stopServing();
        streams = 0;
        // No error: the last report would name it until the next agent writes.
        enter(Phase.STOPPED, null);
    }

    /** kubelet.sock has been created or re-created: the kubelet has started and knows nothing of us (contract rule 86). */
    void kubeletStarted() {
        if (phase == Phase.STOPPED) {
            return;
        }
        failures = 0;
        if (phase == Phase.WAITING_FOR_KUBELET || phase == Phase.PAUSING) {
            retryAt = world.now().plus(SETTLE);
            attempt();
        } else if (phase == Phase.REGISTERING && streams == 0 && world.foundByKubelet()) {
            LOG.debug("{}: the kubelet that has started finds the socket by itself", resource);
        } else {
            restart("kubelet.sock was re-created");
        }
    }

    void wake() {
        switch (phase) {
            case WAITING_FOR_KUBELET, PAUSING -> attempt();
            case AWAITING_STREAM -> {
                failures++;
                String fault = "the kubelet accepted the registration but does not read the list of devices";
                LOG.warn("{}: {}; registering again", resource, fault);
                restart(fault);
            }
            case VERIFYING, SERVING -> world.readPodResources();
            default -> LOG.debug("{}: nothing to do in {}", resource, phase);
        }
    }

    void registered() {
        if (phase == Phase.REGISTERING) {
            accepted = true;
            if (streams > 0) {
                verify();
            } else {
                enter(Phase.AWAITING_STREAM, null);
                world.wakeAfter(STREAM_LIMIT);
            }
        }
    }

    void refused(String error) {
        if (phase != Phase.REGISTERING) {
            return;
        }
        if (streams > 0) {
            // The kubelet reads the list, so it has taken us although its answer went missing (contract rules 23, 25).
            accepted = true;
            verify();
            return;
        }
        complain(error);
        pause(error);
    }

    void streamOpened() {
        streams++;
        streamingSince = world.now();
        if (phase == Phase.AWAITING_STREAM || phase == Phase.PAUSING || phase == Phase.WAITING_FOR_KUBELET) {
            accepted = true;
            verify();
        }
    }

    /** A stream has ended that we did not end: the kubelet takes the resource for gone (contract fact 3, rule 82). */
    void streamEnded() {
        streams--;
        boolean brief = Duration.between(streamingSince, world.now()).compareTo(BRIEF) < 0;
        failures = brief && !Boolean.TRUE.equals(verified) ? failures + 1 : 0;
        switch (phase) {
            case REGISTERING, AWAITING_STREAM, VERIFYING, SERVING, PAUSING -> {
                LOG.info("{}: the kubelet has ended the stream", resource);
                restart("the kubelet has ended the stream");
            }
            default -> LOG.debug("{}: stream ended in {}", resource, phase);
        }
    }

    /**
     * A reading of PodResources that began after the kubelet was sent its list.
     *
     * @param error why it failed, or null
     * @param complete whether it shows all healthy devices
     */
    void read(String error, boolean complete) {
        if (phase != Phase.VERIFYING && phase != Phase.SERVING) {
            return;
        }
        if (error != null) {
            unavailable(error);
        } else if (complete) {
            verified = true;
            fruitlessReads = 0;
            failures = 0;
            enterServing();
        } else if (++fruitlessReads >= READS_WITHOUT_DEVICES) {
            failures++;
            LOG.warn("{}: the kubelet does not know the devices although it reads the list", resource);
            restart("the kubelet does not show the devices in PodResources although it reads the list");
        } else {
            verified = false;
            lastError =
                    "the kubelet does not offer all healthy devices that it was sent, as its PodResources API shows;"
                            + " if that stays so, the agent registers again";
            world.changed();
            world.wakeAfter(READ_AGAIN);
        }
    }

    private void unavailable(String error) {
        if (phase == Phase.VERIFYING && ++fruitlessReads < READS_WITHOUT_API) {
            world.wakeAfter(READ_AGAIN);
            return;
        }
        verified = null;
        fruitlessReads = 0;
        lastError = "not verified, the kubelet's PodResources API is not available: " + error;
        if (phase == Phase.VERIFYING) {
            LOG.warn("{}: {}", resource, lastError);
        }
        Phase before = phase;
        phase = Phase.SERVING;
        if (before != Phase.SERVING) {
            world.releaseLists();
        }
        world.changed();
    }

    private void enterServing() {
        if (phase != Phase.SERVING) {
            world.releaseLists();
        }
        enter(Phase.SERVING, null);
    }

    private void verify() {
        verified = null;
        fruitlessReads = 0;
        enter(Phase.VERIFYING, null);
        world.wakeAfter(READ_FIRST);
    }

    private void attempt() {
        if (!world.kubeletPresent()) {
            enter(
                    Phase.WAITING_FOR_KUBELET,
                    "kubelet.sock is not there: the kubelet is down or its Device Manager is off");
            return;
        }
        Instant due = retryAt.isAfter(pauseEnd) ? retryAt : pauseEnd;
        if (due.isAfter(world.now())) {
            enter(Phase.PAUSING, lastError);
            world.wakeAfter(Duration.between(world.now(), due));
            return;
        }
        accepted = false;
        String obstacle = world.serve();
        if (obstacle != null) {
            complain(obstacle);
            pause(obstacle);
            return;
        }
        enter(Phase.REGISTERING, lastError);
        world.register();
    }

    private void restart(String reason) {
        world.cancelRegister();
        world.stopServing();
        streams = 0;
        accepted = false;
        verified = null;
        pauseEnd = world.now().plus(PAUSE);
        retryAt = failures == 0 ? pauseEnd : world.now().plus(backOff());
        lastError = reason;
        attempt();
    }

    private void pause(String error) {
        Duration wait = backOff();
        retryAt = world.now().plus(wait);
        failures++;
        enter(Phase.PAUSING, error);
        world.wakeAfter(wait);
    }

    /** Once for each error, however often it comes. */
    private void complain(String error) {
        if (!error.equals(lastError)) {
            LOG.warn("{}: registration failed, will be tried again: {}", resource, error);
        }
    }

    private Duration backOff() {
        Duration doubled = PAUSE.multipliedBy(1L << Math.min(failures, 5));
        return doubled.compareTo(RETRY_MAX) < 0 ? doubled : RETRY_MAX;
    }

    private boolean isRegistered() {
        return accepted && streams > 0 && phase != Phase.STOPPED;
    }

    private void enter(Phase next, String error) {
        if (phase != next) {
            LOG.debug("{}: {} -> {}", resource, phase, next);
        }
        phase = next;
        lastError = error;
        if (isRegistered() != wasRegistered) {
            wasRegistered = isRegistered();
            since = world.now();
        }
        world.changed();
    }
}
