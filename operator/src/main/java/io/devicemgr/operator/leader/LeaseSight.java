package io.devicemgr.operator.leader;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.util.Objects;
import java.util.Optional;

/**
 * What was seen of the lease, and when by this process's own clock. The times in a lease come from the clock of its holder, which
 * may be wrong by minutes, so they are compared with each other and never with ours. Times are those of
 * {@link System#nanoTime()}.
 */
final class LeaseSight {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /** For a lease that says nothing of it. */
    private static final int DURATION_SECONDS = 15;

    private LeaseSpec seen;
    private long since;

    /** Takes note of the lease as it is now; null when there is none. */
    void see(Lease lease, long now) {
        LeaseSpec spec = lease == null ? null : lease.getSpec();
        if (!Objects.equals(spec, seen)) {
            seen = spec;
            since = now;
        }
    }

    /** Who holds it, or nothing. */
    Optional<String> holder() {
        return Optional.ofNullable(seen).map(LeaseSpec::getHolderIdentity).filter(name -> !name.isEmpty());
    }

    /** Whether anybody may take it: it has no holder, or the holder has let it run out before our eyes. */
    boolean free(long now) {
        return holder().isEmpty() || now - since > durationNanos();
    }

    private long durationNanos() {
        Integer seconds = seen.getLeaseDurationSeconds();
        return (seconds == null ? DURATION_SECONDS : seconds) * NANOS_PER_SECOND;
    }

    int transitions() {
        return seen == null || seen.getLeaseTransitions() == null ? 0 : seen.getLeaseTransitions();
    }
}
