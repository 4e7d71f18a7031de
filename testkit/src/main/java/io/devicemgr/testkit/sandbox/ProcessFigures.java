package io.devicemgr.testkit.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Memory (KiB) and processor time (ticks of 10 ms) of a process, from /proc. */
record ProcessFigures(long rss, long pss, long anonymous, long ticks) {
    private static final double KIB_PER_MIB = 1024;
    private static final int UTIME = 13;
    private static final int STIME = 14;
    private static final int TICKS_PER_SECOND = 100;

    static ProcessFigures of(long pid) throws IOException {
        Map<String, Long> memory = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            String[] words = line.split("\\s+");
            if (words.length == 3 && words[2].equals("kB")) {
                memory.put(words[0], Long.parseLong(words[1]));
            }
        }
        // The name in the second field may hold blanks: count from behind its closing parenthesis.
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = ("pid name " + stat.substring(stat.lastIndexOf(')') + 2)).split(" ");
        return new ProcessFigures(
                memory.get("Rss:"),
                memory.get("Pss:"),
                memory.get("Anonymous:"),
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]));
    }

    double cpuPercentSince(ProcessFigures before, Duration time) {
        return 100.0 * (ticks - before.ticks) / TICKS_PER_SECOND / time.toSeconds();
    }

    /** Processor time since the process started. */
    double cpuMillis() {
        return 1000.0 * ticks / TICKS_PER_SECOND;
    }

    double rssMiB() {
        return rss / KIB_PER_MIB;
    }

    double pssMiB() {
        return pss / KIB_PER_MIB;
    }

    double anonymousMiB() {
        return anonymous / KIB_PER_MIB;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "RSS %.1f MiB, PSS %.1f MiB, anonymous %.1f MiB", rssMiB(), pssMiB(), anonymousMiB());
    }
}
