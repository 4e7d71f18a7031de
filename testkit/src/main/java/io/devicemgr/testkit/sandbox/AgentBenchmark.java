package io.devicemgr.testkit.sandbox;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.kubelet.ReceivedList;
import io.devicemgr.testkit.kubelet.UnixSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One agent with 16 devices, alone with a kubelet and an API server that run in this process. */
final class AgentBenchmark {
    private static final int DEVICES = 16;
    private static final int STARTS = 20;
    private static final int ALLOCATIONS = 5000;
    private static final int EARLY_ALLOCATIONS = 200;
    private static final int SLOW_ALLOCATIONS = 200;
    private static final Duration BETWEEN_SLOW_ALLOCATIONS = Duration.ofMillis(50);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    /** A stream takes about one list a second in the long run; what is measured is a change after quiet. */
    private static final Duration QUIET = Duration.ofMillis(1200);
    /** The kubelet has listed the devices of a new stream by then, so that the agent has verified them. */
    private static final Duration VERIFIED = Duration.ofSeconds(2);

    private static final Duration READINESS_PERIOD = Duration.ofSeconds(5);
    private static final int READINESS_PROBES_TO_ONE_LIVENESS_PROBE = 4;

    private final Distribution distribution;
    private final BenchmarkTable table;
    private final BenchmarkOptions options;
    private final List<Path> nodes =
            DeviceTree.machineDevices().stream().limit(DEVICES).toList();

    AgentBenchmark(Distribution distribution, BenchmarkTable table, BenchmarkOptions options) {
        this.distribution = distribution;
        this.table = table;
        this.options = options;
    }

    void run() throws IOException {
        table.title("One agent alone, " + nodes.size() + " devices");
        try (LoneAgent agent = new LoneAgent(distribution.agent());
                UnixSockets sockets = new UnixSockets()) {
            for (int i = 0; i < nodes.size(); i++) {
                Files.createSymbolicLink(link(agent, i), nodes.get(i));
            }
            starts(agent, sockets);
            LockSupport.parkNanos(SETTLE.toNanos());
            ProcessFigures fresh = agent.figures();
            allocations(agent, sockets);
            restarts(agent);
            changes(agent);
            LockSupport.parkNanos(SETTLE.toNanos());
            table.title("The same, " + SETTLE.toSeconds() + " s after its start");
            memory(fresh);
            idle(agent);
        }
    }

    private static Path link(LoneAgent agent, int number) {
        return agent.dev().resolve(LoneAgent.PREFIX + number);
    }

    /** The last agent stays. The first start, and the first call of this process, warm the page cache and the caller up. */
    private void starts(LoneAgent agent, UnixSockets sockets) throws IOException {
        List<Double> registered = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        for (int i = 0; i <= STARTS; i++) {
            double millis = agent.start(nodes.size());
            LockSupport.parkNanos(VERIFIED.toNanos());
            try (PluginCaller caller = new PluginCaller(sockets, agent.socket())) {
                double call = caller.allocate(ids(agent).get(0));
                if (i > 0) {
                    registered.add(millis);
                    first.add(call);
                }
            }
            if (i < STARTS) {
                agent.stop();
                // An agent that follows another at once waits for the kubelet to notice (contract rule 83).
                LockSupport.parkNanos(VERIFIED.toNanos());
            }
        }
        table.row("process start -> registered and list received (ms)", Percentiles.of(registered), 500);
        table.row("Allocate 1 of 16, first call of a process (ms)", Percentiles.of(first));
    }

    private static List<String> ids(LoneAgent agent) {
        ReceivedList list = agent.kubelet().devices(LoneAgent.RESOURCE).orElseThrow();
        return list.devices().stream().map(Device::getID).toList();
    }

    private void allocations(LoneAgent agent, UnixSockets sockets) {
        List<String> ids = ids(agent);
        try (PluginCaller caller = new PluginCaller(sockets, agent.socket())) {
            table.row(
                    "Allocate 1 of 16, calls 2 to 201 (ms)",
                    Percentiles.of(calls(caller, ids, EARLY_ALLOCATIONS, Duration.ZERO)));
            calls(caller, ids, ALLOCATIONS, Duration.ZERO);
            table.row(
                    "Allocate 1 of 16, one after the other (ms)",
                    Percentiles.of(calls(caller, ids, ALLOCATIONS, Duration.ZERO)),
                    1);
            table.row(
                    "Allocate 1 of 16, one every 50 ms (ms)",
                    Percentiles.of(calls(caller, ids, SLOW_ALLOCATIONS, BETWEEN_SLOW_ALLOCATIONS)),
                    1);
        }
    }

    private static List<Double> calls(PluginCaller caller, List<String> ids, int count, Duration pause) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!pause.isZero()) {
                LockSupport.parkNanos(pause.toNanos());
            }
            millis.add(caller.allocate(ids.get(i % ids.size())));
        }
        return millis;
    }

    private void restarts(LoneAgent agent) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < Math.max(1, options.changes() / 2); i++) {
            LockSupport.parkNanos(VERIFIED.toNanos());
            AtomicLong created = new AtomicLong();
            agent.lists().expect(list -> LoneAgent.healthy(list) == nodes.size());
            agent.kubelet().restart(() -> created.set(System.nanoTime()));
            millis.add(agent.lists().millisSince(created.get()));
        }
        table.row("kubelet.sock re-created -> registered and list received (ms)", Percentiles.of(millis), 1500);
    }

    private void changes(LoneAgent agent) throws IOException {
        List<Double> unplugged = new ArrayList<>();
        List<Double> plugged = new ArrayList<>();
        for (int i = 0; i < options.changes(); i++) {
            int device = i % nodes.size();
            LockSupport.parkNanos(QUIET.toNanos());
            agent.lists().expect(list -> LoneAgent.healthy(list) == nodes.size() - 1);
            long start = System.nanoTime();
            Files.delete(link(agent, device));
            unplugged.add(agent.lists().millisSince(start));
            LockSupport.parkNanos(QUIET.toNanos());
            agent.lists().expect(list -> LoneAgent.healthy(list) == nodes.size());
            start = System.nanoTime();
            Files.createSymbolicLink(link(agent, device), nodes.get(device));
            plugged.add(agent.lists().millisSince(start));
        }
        table.row("unplug -> list received by the kubelet (ms)", Percentiles.of(unplugged), 10);
        table.row("plug -> list received by the kubelet (ms)", Percentiles.of(plugged));
    }

    private void idle(LoneAgent agent) throws IOException {
        int writes = agent.apiServer().writes();
        ProcessFigures before = agent.figures();
        long start = System.nanoTime();
        List<Boolean> probes = new ArrayList<>();
        for (int i = 0; System.nanoTime() - start < options.idle().toNanos(); i++) {
            probes.add(agent.probe("/readyz"));
            if (i % READINESS_PROBES_TO_ONE_LIVENESS_PROBE == 0) {
                probes.add(agent.probe("/healthz"));
            }
            LockSupport.parkNanos(READINESS_PERIOD.toNanos());
        }
        ProcessFigures after = agent.figures();
        table.title(
                "The same after all this, idle for " + options.idle().toSeconds() + " s, with the kubelet's probes");
        memory(after);
        table.row("processor (% of one)", after.cpuPercentSince(before, options.idle()), 0.1);
        table.row("writes to the API server", agent.apiServer().writes() - writes, 0);
        table.row("probes that failed", probes.stream().filter(ready -> !ready).count(), 0);
    }

    private void memory(ProcessFigures figures) {
        table.row("RSS (MiB)", figures.rssMiB(), 80);
        table.row("PSS (MiB)", figures.pssMiB());
        table.row("anonymous (MiB)", figures.anonymousMiB(), 40);
    }
}
