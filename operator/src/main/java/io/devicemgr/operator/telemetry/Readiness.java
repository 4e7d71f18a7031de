package io.devicemgr.operator.telemetry;

import io.javaoperatorsdk.operator.RuntimeInfo;
import java.util.Optional;
import java.util.TreeSet;

/** Whether the operator does its work: started, and every watch alive. */
public final class Readiness {
    private Readiness() {}

    /** Why the operator is not ready, or nothing. */
    public static Optional<String> of(RuntimeInfo runtime) {
        if (!runtime.isStarted()) {
            return Optional.of("starting");
        }
        TreeSet<String> broken = new TreeSet<>();
        runtime.unhealthyEventSources().values().forEach(sources -> broken.addAll(sources.keySet()));
        return broken.isEmpty() ? Optional.empty() : Optional.of("not watching: " + String.join(", ", broken));
    }
}
