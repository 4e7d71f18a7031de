package io.devicemgr.agent.report;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing waits between failures, with jitter so that the agents of a fleet do not come all at once. */
final class BackOff {
    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(30);
    private static final double JITTER = 0.25;

    private final RandomGenerator random;
    private int failures;

    BackOff(RandomGenerator random) {
        this.random = random;
    }

    /** The next wait, between 0.5 s and 30 s give or take a quarter. */
    Duration next() {
        Duration doubled = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        return jittered(doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST);
    }

    /** The wait for what will not mend by itself soon. */
    Duration slow() {
        return jittered(LONGEST);
    }

    void reset() {
        failures = 0;
    }

    private Duration jittered(Duration wait) {
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return Duration.ofNanos((long) (wait.toNanos() * factor));
    }
}
