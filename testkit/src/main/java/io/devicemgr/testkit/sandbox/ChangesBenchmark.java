package io.devicemgr.testkit.sandbox;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Devices of random nodes go for half of the time and come back in the other half, at a steady rate. The number of unhealthy
 * devices in a status tells up to which change it goes.
 */
final class ChangesBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** The kubelets advertise everything again by then. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final BenchmarkTable table;
    private final OperatorBenchmarkOptions options;
    private final HollowFleet fleet;
    private final StatusLog log;
    private final List<String> names;
    private final Random random = new Random(4);

    /** When a change was stored, and how many devices of its deployment were lost from then on. */
    private record Change(String deployment, long nanos, int lost) {}

    private record Spot(String deployment, int node, int device) {}

    ChangesBenchmark(
            BenchmarkTable table,
            OperatorBenchmarkOptions options,
            HollowFleet fleet,
            StatusLog log,
            List<String> names) {
        this.table = table;
        this.options = options;
        this.fleet = fleet;
        this.log = log;
        this.names = names;
    }

    void run(LoneOperator operator) throws IOException {
        log.reset();
        ProcessFigures before = operator.figures();
        List<Change> changes = change();
        ProcessFigures after = operator.figures();
        log.await(names, status -> status.count("devices", "unhealthy") == 0, LIMIT);
        List<Double> lags = new ArrayList<>();
        names.forEach(name -> lags.addAll(lags(
                changes.stream()
                        .filter(change -> change.deployment.equals(name))
                        .toList(),
                name)));
        table.row(options.rate() + " changes per second: report -> status (ms)", Percentiles.of(lags), 2000);
        table.row("status writes of one deployment in a second, at most", log.mostInASecond(), 1);
        table.row("processor meanwhile (% of one)", after.cpuPercentSince(before, options.time()));
        table.row("most RSS until then (MiB)", operator.peakMiB());
        table.note("writes: " + log.writes());
        LockSupport.parkNanos(SETTLE.toNanos());
    }

    private List<Change> change() {
        int half = (int) (options.rate() * options.time().toSeconds() / 2);
        List<Spot> spots = spots(half);
        int[] lost = new int[names.size()];
        List<Change> changes = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 2 * half; i++) {
            if (i == half) {
                Collections.shuffle(spots, random);
            }
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / options.rate();
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            Spot spot = spots.get(i % half);
            HollowNode node = fleet.nodes().get(spot.node);
            int of = names.indexOf(spot.deployment);
            node.agents().get(spot.deployment).change(spot.device, i < half);
            lost[of] += i < half ? 1 : -1;
            changes.add(new Change(spot.deployment, System.nanoTime(), lost[of]));
            node.touch();
        }
        return changes;
    }

    private List<Spot> spots(int count) {
        Set<Spot> spots = new LinkedHashSet<>();
        while (spots.size() < count) {
            spots.add(new Spot(
                    names.get(random.nextInt(names.size())),
                    random.nextInt(options.nodes()),
                    random.nextInt(options.devices())));
        }
        return new ArrayList<>(spots);
    }

    /** The operator hears of reports in their order: a status that fits a change has all changes before it as well. */
    private List<Double> lags(List<Change> changes, String name) {
        List<Double> lags = new ArrayList<>();
        int told = 0;
        for (StatusLog.Stamped status : log.history()) {
            if (status.deployment().equals(name)) {
                int fits = told;
                int lost = status.count("devices", "unhealthy");
                while (fits < changes.size() && changes.get(fits).lost != lost) {
                    fits++;
                }
                for (; fits < changes.size() && told <= fits; told++) {
                    lags.add((status.nanos() - changes.get(told).nanos) / 1e6);
                }
            }
        }
        for (; told < changes.size(); told++) {
            lags.add(Double.POSITIVE_INFINITY);
        }
        return lags;
    }
}
