package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When the operator first saw what must last before it counts. It is the operator's own clock that measures, because the
 * times that agents and kubelets write are those of their nodes. Holds what was found of each node too, since the status lists
 * some nodes only. Lost when the operator ends: then the status tells what counts already.
 */
public final class Sightings {
    /** Of an operator that has just started. */
    public static final Sightings NONE = new Sightings(Map.of(), Map.of(), true);

    private final Map<String, Instant> since;
    private final Map<String, NodeProblem> problems;
    private final boolean first;

    private Sightings(Map<String, Instant> since, Map<String, NodeProblem> problems, boolean first) {
        this.since = Map.copyOf(since);
        this.problems = Map.copyOf(problems);
        this.first = first;
    }

    /** What is seen at one moment. */
    static final class Look {
        private final Sightings before;
        private final Instant now;
        private final Map<String, Instant> since = new HashMap<>();
        private final Map<String, NodeProblem> problems = new HashMap<>();
        private Instant next = Instant.MAX;

        Look(Sightings before, Instant now) {
            this.before = before;
            this.now = now;
        }

        /**
         * Notes that something is seen.
         *
         * @param told whether the status says already that it has lasted long enough
         * @return whether it has
         */
        boolean lasts(String what, Duration grace, boolean told) {
            Instant unknown = before.first && told ? now.minus(grace) : now;
            Instant seen = before.since.getOrDefault(what, unknown);
            since.put(what, seen);
            Instant counts = seen.plus(grace);
            if (counts.isAfter(now)) {
                next = counts.isBefore(next) ? counts : next;
                return false;
            }
            return true;
        }

        /**
         * The trouble of a node when it was looked at last.
         *
         * @param told what the status says, which lists the troubles of some nodes only
         */
        Optional<NodeProblem> before(String node, Map<String, NodeProblem> told) {
            return Optional.ofNullable((before.first ? told : before.problems).get(node));
        }

        /** Notes the trouble of a node. */
        NodeProblem found(NodeProblem problem) {
            problems.put(problem.node(), problem);
            return problem;
        }

        /** To be remembered until the next look. */
        Sightings sightings() {
            return new Sightings(since, problems, false);
        }

        /** How long until something that is young now is no longer; nothing when there is none. */
        Optional<Duration> turnsIn() {
            return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(Duration.between(now, next));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sightings that
                && first == that.first
                && since.equals(that.since)
                && problems.equals(that.problems);
    }

    @Override
    public int hashCode() {
        return since.hashCode();
    }
}
