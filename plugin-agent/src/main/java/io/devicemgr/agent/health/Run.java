package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;

/** One call of one probe for one device. Known by being itself. */
final class Run {
    private final Watched watched;
    private final Device device;
    private final Incarnation incarnation;
    private final Probe probe;
    private boolean givenUp;

    Run(Watched watched, Device device, Probe probe) {
        this.watched = watched;
        this.device = device;
        this.incarnation = Incarnation.of(device);
        this.probe = probe;
    }

    Watched watched() {
        return watched;
    }

    Device device() {
        return device;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Probe probe() {
        return probe;
    }

    /** Nobody waits for it any more. */
    boolean isGivenUp() {
        return givenUp;
    }

    void giveUp() {
        givenUp = true;
    }

    /** What is said of a run that does not end. */
    Outcome timedOut() {
        return Outcome.failed(
                Reason.PROBE_TIMED_OUT,
                "the probe " + probe.kind() + " of " + device.path() + " did not end within "
                        + probe.timeLimit().toSeconds()
                        + " s; the device is probed again when that call has returned");
    }
}
