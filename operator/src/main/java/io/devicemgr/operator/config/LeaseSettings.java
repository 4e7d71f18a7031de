package io.devicemgr.operator.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How this operator stands for election.
 *
 * @param identity its name in the lease; no other living process may have the same one
 * @param duration after which a lease that is not renewed is anybody's; whole seconds
 */
public record LeaseSettings(String identity, Duration duration) {
    public LeaseSettings {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(duration, "duration");
    }
}
