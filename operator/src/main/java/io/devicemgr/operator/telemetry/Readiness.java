package io.devicemgr.operator.telemetry;

import io.javaoperatorsdk.operator.RuntimeInfo;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether the operator does its work: every watch is alive. No restart would mend a watch that the API server refuses or breaks. */
public final class Readiness {
    private Readiness() {}

    /** What the watches say. */
    public static Health of(RuntimeInfo runtime) {
        SortedSet<String> broken = broken(runtime);
        return broken.isEmpty() ? Health.OK : Health.failing("not watching: " + String.join(", ", broken));
    }

    /** Names of the watches that are not alive. */
    public static SortedSet<String> broken(RuntimeInfo runtime) {
        TreeSet<String> broken = new TreeSet<>();
        runtime.unhealthyEventSources().values().forEach(sources -> broken.addAll(sources.keySet()));
        return broken;
    }
}
