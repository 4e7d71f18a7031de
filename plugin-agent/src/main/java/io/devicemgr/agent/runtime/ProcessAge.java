package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** How long this process has existed. ProcessHandle knows its start only to the second, because the kernel's boot time is rounded. */
public final class ProcessAge {
    /** Field of /proc/self/stat after the command, which may contain spaces but ends at the last bracket. */
    private static final int START_TIME = 19;

    private static final int TICKS_PER_SECOND = 100;
    private static final int MILLIS_PER_SECOND = 1000;

    private ProcessAge() {}

    /** The age, exact to some 10 ms. */
    public static Duration now() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String uptime = Files.readString(Path.of("/proc/uptime"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            double started = (double) Long.parseLong(fields[START_TIME]) / TICKS_PER_SECOND;
            double age = Double.parseDouble(uptime.split(" ")[0]) - started;
            return Duration.ofMillis(Math.round(age * MILLIS_PER_SECOND));
        } catch (IOException | RuntimeException e) {
            Instant now = Instant.now();
            return Duration.between(
                    ProcessHandle.current().info().startInstant().orElse(now), now);
        }
    }
}
