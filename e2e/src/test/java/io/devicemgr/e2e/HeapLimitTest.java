package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.sandbox.Distribution;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The heap that the shipped options give for a container's memory limit; docs/performance.md says why so much. The JVM is told
 * the limit, which it takes from the container's cgroup otherwise.
 */
class HeapLimitTest {
    private static final Pattern MAX_HEAP = Pattern.compile(" MaxHeapSize +:?= (\\d+) ");
    private static final int MIB = 1 << 20;

    private final Distribution distribution = Distribution.builtIn(Line.project());

    @ParameterizedTest
    @CsvSource({"128, 40", "256, 80", "512, 160", "1024, 256", "262144, 256"})
    void theAgentsHeapFollowsTheLimit(int limitMiB, int heapMiB) throws Exception {
        assertThat(heapMiB(distribution.agent().entrypoint(), limitMiB)).isEqualTo(heapMiB);
    }

    @ParameterizedTest
    @CsvSource({"384, 128", "768, 256", "262144, 1024"})
    void theOperatorsHeapFollowsTheLimit(int limitMiB, int heapMiB) throws Exception {
        assertThat(heapMiB(distribution.operatorCommand(), limitMiB)).isEqualTo(heapMiB);
    }

    private static long heapMiB(List<String> command, int limitMiB) throws Exception {
        List<String> asked = new ArrayList<>(command.subList(0, command.indexOf("-jar")));
        asked.add("-XX:MaxRAM=" + (long) limitMiB * MIB);
        asked.add("-XX:+PrintFlagsFinal");
        asked.add("-version");
        Process java = new ProcessBuilder(asked).redirectErrorStream(true).start();
        String flags = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher heap = MAX_HEAP.matcher(flags);
        assertThat(heap.find()).as(flags).isTrue();
        return Long.parseLong(heap.group(1)) / MIB;
    }
}
