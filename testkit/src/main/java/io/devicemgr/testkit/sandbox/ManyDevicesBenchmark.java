package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.kubelet.UnixSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** One agent whose only resource has thousands of devices: what grows with their number, and how. */
final class ManyDevicesBenchmark {
    private static final List<Integer> SIZES = List.of(1000, 5000, 10_000);
    private static final int CHANGES = 5;
    private static final int STREAMS = 10;
    private static final double LIST_TARGET = 50;
    private static final Duration QUIET = Duration.ofMillis(1500);
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private final Distribution distribution;
    private final BenchmarkTable table;

    ManyDevicesBenchmark(Distribution distribution, BenchmarkTable table) {
        this.distribution = distribution;
        this.table = table;
    }

    void run() throws IOException {
        for (int devices : SIZES) {
            table.title(String.format(Locale.ROOT, "One agent alone, %,d devices in one resource", devices));
            try (LoneAgent agent = new LoneAgent(distribution.agent());
                    UnixSockets sockets = new UnixSockets()) {
                if (!DeviceNodes.make(agent.dev(), LoneAgent.PREFIX, devices)) {
                    table.note("not measured: device nodes can only be made by root");
                    return;
                }
                table.row("process start -> list received (ms)", agent.start(devices));
                change(agent, devices);
                LockSupport.parkNanos(SETTLE.toNanos());
                table.row("RSS (MiB)", agent.figures().rssMiB());
                table.row("anonymous (MiB)", agent.figures().anonymousMiB());
                table.row("list built and sent: stream opened -> list (ms)", lists(agent, sockets), LIST_TARGET);
            }
        }
    }

    private void change(LoneAgent agent, int devices) throws IOException {
        List<Double> millis = new ArrayList<>();
        Path aside = agent.dev().resolve("aside");
        for (int i = 0; i < CHANGES; i++) {
            Path node = agent.dev().resolve(LoneAgent.PREFIX + (devices - 1 - i));
            LockSupport.parkNanos(QUIET.toNanos());
            agent.lists().expect(list -> LoneAgent.healthy(list) == devices - 1);
            long start = System.nanoTime();
            Files.move(node, aside);
            millis.add(agent.lists().millisSince(start));
            LockSupport.parkNanos(QUIET.toNanos());
            agent.lists().expect(list -> LoneAgent.healthy(list) == devices);
            Files.move(aside, node);
            agent.lists().millisSince(start);
        }
        table.row("unplug -> list received, all nodes looked at again (ms)", Percentiles.of(millis));
    }

    private static Percentiles lists(LoneAgent agent, UnixSockets sockets) {
        List<Double> millis = new ArrayList<>();
        try (PluginCaller caller = new PluginCaller(sockets, agent.socket())) {
            for (int i = 0; i < STREAMS; i++) {
                millis.add(caller.list());
            }
        }
        return Percentiles.of(millis);
    }
}
