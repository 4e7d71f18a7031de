package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.health.Thresholds.Standing;
import java.time.Instant;

/** What the schedule keeps of one device. Only the schedule touches it. */
final class Watched implements Comparable<Watched> {
    private final DeviceId id;
    private ProbePlan plan;
    private Device device;
    private Incarnation incarnation;
    private Standing standing;
    private boolean probedBefore;

    /** When something is to be done, in the schedule's nanoseconds; only valid while it sleeps. */
    long wake;

    /** When the latest run was due. */
    long due;

    /** Which probe of the plan is next. */
    int next;

    /** The call that has not returned yet, or null. */
    Run run;

    /** Whether it waits for a free slot. */
    boolean queued;

    Watched(DeviceId id) {
        this.id = id;
    }

    DeviceId id() {
        return id;
    }

    ProbePlan plan() {
        return plan;
    }

    Device device() {
        return device;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Standing standing() {
        return standing;
    }

    boolean isPresent() {
        return device != null;
    }

    void leave() {
        device = null;
        incarnation = null;
    }

    /**
     * The device as it is now.
     *
     * @return whether it must be probed at once, because nothing is known of this hardware
     */
    boolean see(Device seen, ProbePlan newest) {
        Incarnation now = Incarnation.of(seen);
        boolean forgotten = standing == null
                || seen.probe() != null && seen.probe().reason() == Reason.UNPROBED && !standing.isUnprobed();
        boolean another = !now.equals(incarnation);
        if (forgotten || another && seen.probe() != null) {
            standing = Standing.of(seen.probe() == null ? seen.presence() : seen.probe());
        }
        plan = newest;
        device = seen;
        incarnation = now;
        if (forgotten || another) {
            probedBefore = false;
            next = 0;
        }
        return forgotten || another;
    }

    /** @return whether what is told of the device changes */
    boolean judge(Outcome outcome, Instant now) {
        Standing before = standing;
        standing = plan.thresholds().after(before, outcome, now);
        return !standing.verdict().equals(before.verdict());
    }

    /** When the next run is due: the first ones of many devices fall together, the later ones do not. */
    long nextDue(long now) {
        if (due > now) {
            return due;
        }
        long period = plan.period().toNanos();
        long following = due + (probedBefore ? period : plan.secondRunNanos(id));
        probedBefore = true;
        // Runs that could not be are not caught up with.
        return following > now ? following : following + (now - following) / period * period + period;
    }

    @Override
    public int compareTo(Watched other) {
        int byWake = Long.compare(wake, other.wake);
        return byWake != 0 ? byWake : id.compareTo(other.id);
    }
}
