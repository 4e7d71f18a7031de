package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Inventory;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides which device is probed when, and what that says of it. Knows neither threads nor clocks: times are passed in, as
 * nanoseconds that begin anywhere and never go back. Not thread-safe.
 */
final class ProbeSchedule {
    /** Runs at the same time, not counting those that were given up. */
    static final int SLOTS = 16;

    /** Calls that have not returned, those that were given up among them: each holds a thread. Nothing is started beyond that. */
    static final int MAX_CALLS = 256;

    private final Map<String, ProbePlan> plans;
    private final Map<DeviceId, Watched> watched = new HashMap<>();
    private final TreeSet<Watched> sleeping = new TreeSet<>();
    private final ArrayDeque<Watched> queue = new ArrayDeque<>();
    private final Map<DeviceId, Verdict> verdicts = new HashMap<>();
    private int running;
    private int givenUp;
    private boolean seen;

    /**
     * A verdict that the inventory does not have yet.
     *
     * @param incarnation hardware that it is about
     * @param health what is told of it
     */
    record Verdict(Incarnation incarnation, Health health) {}

    /**
     * What is to be done now.
     *
     * @param starts runs to start
     * @param givenUp runs that nobody waits for any more
     */
    record Step(List<Run> starts, List<Run> givenUp) {}

    ProbeSchedule(List<ProbePlan> plans) {
        this.plans = plans.stream()
                .filter(plan -> !plan.probes().isEmpty())
                .collect(Collectors.toMap(ProbePlan::resource, Function.identity()));
    }

    /** Takes notice of what there is. New devices, and those that are back, are probed at once. */
    void inventory(Inventory inventory, long now) {
        seen = inventory.scanned();
        Set<DeviceId> present = new HashSet<>();
        for (Device device : inventory.devices()) {
            ProbePlan plan = plans.get(device.resource());
            if (plan != null && device.presence().isHealthy()) {
                present.add(device.id());
                Watched entry = watched.computeIfAbsent(device.id(), Watched::new);
                if (entry.see(device, plan)) {
                    restart(entry, now);
                }
            }
        }
        for (Watched entry : List.copyOf(watched.values())) {
            if (!present.contains(entry.id())) {
                leave(entry);
            }
        }
    }

    /** What is due. */
    Step step(long now, Instant time) {
        List<Run> late = new ArrayList<>();
        while (!sleeping.isEmpty() && sleeping.first().wake <= now) {
            Watched entry = sleeping.pollFirst();
            if (entry.run == null) {
                queue(entry, entry.wake);
            } else {
                overdue(entry, now, time).ifPresent(late::add);
            }
        }
        List<Run> starts = new ArrayList<>();
        while (running < SLOTS && running + givenUp < MAX_CALLS && !queue.isEmpty()) {
            Watched entry = queue.poll();
            entry.queued = false;
            if (entry.isPresent()) {
                running++;
                starts.add(begin(entry, now));
            }
        }
        return new Step(starts, late);
    }

    /**
     * A call has returned.
     *
     * @return what is to be started now in its place
     */
    List<Run> ended(Run run, Outcome outcome, long now, Instant time) {
        Watched entry = run.watched();
        entry.run = null;
        sleeping.remove(entry);
        boolean fresh = entry.isPresent() && run.incarnation().equals(entry.incarnation());
        if (fresh
                && !run.isGivenUp()
                && outcome.isPassed()
                && entry.next + 1 < entry.plan().probes().size()) {
            entry.next++;
            return List.of(begin(entry, now));
        }
        if (run.isGivenUp()) {
            givenUp--;
        } else {
            running--;
        }
        if (!entry.isPresent()) {
            watched.remove(entry.id(), entry);
        } else if (!fresh) {
            queue(entry, now);
        } else {
            if (!run.isGivenUp()) {
                judge(entry, outcome, time);
            }
            sleep(entry, entry.nextDue(now));
        }
        return List.of();
    }

    /** When {@link #step} has something to do, if nothing else happens; never is {@link Long#MAX_VALUE}. */
    long nextWake() {
        return sleeping.isEmpty() ? Long.MAX_VALUE : sleeping.first().wake;
    }

    /** What is to be told; it is told once. */
    Map<DeviceId, Verdict> takeVerdicts() {
        Map<DeviceId, Verdict> taken = Map.copyOf(verdicts);
        verdicts.clear();
        return taken;
    }

    /** Whether every device that is there has a verdict. */
    boolean allProbed() {
        return seen
                && watched.values().stream()
                        .noneMatch(
                                entry -> entry.isPresent() && entry.standing().isUnprobed());
    }

    /** Calls that have not returned although nobody waits for them any more. */
    int givenUp() {
        return givenUp;
    }

    /** Nothing is known of this hardware. A call that is under way is about another one; it may have to be waited for. */
    private void restart(Watched entry, long now) {
        if (entry.run == null) {
            queue(entry, now);
        } else if (entry.run.isGivenUp()) {
            sleeping.remove(entry);
            sleep(entry, now);
        }
    }

    private void queue(Watched entry, long due) {
        sleeping.remove(entry);
        entry.due = due;
        entry.next = 0;
        if (!entry.queued) {
            entry.queued = true;
            queue.add(entry);
        }
    }

    private void sleep(Watched entry, long until) {
        entry.wake = until;
        entry.due = until;
        sleeping.add(entry);
    }

    private Run begin(Watched entry, long now) {
        Probe probe = entry.plan().probes().get(entry.next);
        entry.run = new Run(entry, entry.device(), probe);
        entry.wake = now + probe.timeLimit().toNanos();
        sleeping.add(entry);
        return entry.run;
    }

    /** A call has not returned in time, or still has not a period later; each time is a failure, whatever the threshold is. */
    private Optional<Run> overdue(Watched entry, long now, Instant time) {
        boolean first = !entry.run.isGivenUp();
        if (first) {
            entry.run.giveUp();
            running--;
            givenUp++;
        }
        if (entry.isPresent()) {
            judge(entry, entry.run.timedOut(), time);
            sleep(entry, entry.nextDue(now));
        }
        return first ? Optional.of(entry.run) : Optional.empty();
    }

    private void judge(Watched entry, Outcome outcome, Instant time) {
        if (entry.judge(outcome, time)) {
            verdicts.put(
                    entry.id(),
                    new Verdict(entry.incarnation(), entry.standing().verdict()));
        }
    }

    /** A call that has not returned is remembered: when the device comes back, it is not asked a second time before that. */
    private void leave(Watched entry) {
        entry.leave();
        verdicts.remove(entry.id());
        if (entry.run == null) {
            sleeping.remove(entry);
            watched.remove(entry.id());
        }
    }
}
