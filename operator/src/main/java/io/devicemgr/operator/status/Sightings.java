package io.devicemgr.operator.status;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When the operator first saw what must last before it counts. It is the operator's own clock that measures, because the
 * times that agents and kubelets write are those of their nodes. Lost when the operator ends: what is seen then has been seen
 * since, unless the status tells already that it counts.
 */
public final class Sightings {
    /** Of an operator that has just started. */
    public static final Sightings NONE = new Sightings(Map.of(), true);

    private final Map<String, Instant> since;
    private final boolean first;

    private Sightings(Map<String, Instant> since, boolean first) {
        this.since = Map.copyOf(since);
        this.first = first;
    }

    /** What is seen at one moment. */
    static final class Look {
        private final Sightings before;
        private final Instant now;
        private final Map<String, Instant> since = new HashMap<>();
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

        /** To be remembered until the next look. */
        Sightings sightings() {
            return new Sightings(since, false);
        }

        /** How long until something that is young now is no longer; nothing when there is none. */
        Optional<Duration> turnsIn() {
            return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(Duration.between(now, next));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sightings that && first == that.first && since.equals(that.since);
    }

    @Override
    public int hashCode() {
        return since.hashCode();
    }
}
