package io.devicemgr.operator.telemetry;

import io.javaoperatorsdk.operator.RuntimeInfo;
import java.util.TreeSet;

/** Whether the operator does its work: every watch is alive. No restart would mend a watch that the API server refuses or breaks. */
public final class Readiness {
    private Readiness() {}

    /** What the watches say. */
    public static Health of(RuntimeInfo runtime) {
        TreeSet<String> broken = new TreeSet<>();
        runtime.unhealthyEventSources().values().forEach(sources -> broken.addAll(sources.keySet()));
        return broken.isEmpty() ? Health.OK : Health.failing("not watching: " + String.join(", ", broken));
    }
}
