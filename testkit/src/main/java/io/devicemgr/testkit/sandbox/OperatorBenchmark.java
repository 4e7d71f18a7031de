package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.sandbox.OperatorBenchmarkOptions.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What the operator costs: its process against an API server and a hollow fleet that both run in this one. Times are taken
 * where the API server stores an object.
 */
final class OperatorBenchmark {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofSeconds(30);
    private static final int STARTS = 5;
    private static final int FOREIGN_PODS = 10_000;

    private static final int MANY = 200;
    private static final int NODES_OF_MANY = 50;

    private final Distribution distribution;
    private final BenchmarkTable table;
    private final OperatorBenchmarkOptions options;

    OperatorBenchmark(Distribution distribution, BenchmarkTable table, OperatorBenchmarkOptions options) {
        this.distribution = distribution;
        this.table = table;
        this.options = options;
    }

    void run() throws IOException {
        if (!options.cores().isEmpty()) {
            table.note("the operator has processors " + options.cores());
        }
        if (options.parts().contains(Part.SMALL)) {
            small();
        }
        if (options.parts().contains(Part.FLEET)) {
            fleet();
        }
        if (options.parts().contains(Part.FOREIGN)) {
            foreign();
        }
        if (options.parts().contains(Part.MANY)) {
            many();
        }
    }

    private void small() throws IOException {
        table.title("One deployment on 3 nodes");
        List<String> names = Deployments.names(1);
        try (HollowCluster cluster = new HollowCluster();
                HollowFleet fleet = new HollowFleet(cluster.server(), 3, options.devices());
                StatusLog log = new StatusLog(cluster.server())) {
            Deployments.apply(cluster.server(), names);
            List<Double> first = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                try (LoneOperator operator = start(cluster, log)) {
                    first.add(operator.millisSinceStart(log.awaitFirstWrite(LIMIT)));
                    log.await(names, StatusLog.Stamped::ready, LIMIT);
                    if (i == STARTS - 1) {
                        LockSupport.parkNanos(REST.toNanos());
                        table.row("process start -> first status written (ms)", Percentiles.of(first), 3000);
                        memory(operator, 160);
                        idle(operator, log, fleet);
                    }
                }
                Deployments.forgetStatus(cluster.server(), names);
                log.reset();
            }
        }
    }

    private LoneOperator start(HollowCluster cluster, StatusLog log) throws IOException {
        LoneOperator operator = LoneOperator.start(distribution, cluster, options.cores());
        log.follow(operator);
        return operator;
    }

    private void fleet() throws IOException {
        table.title(options.deployments() + " deployment(s) on " + options.nodes() + " nodes with " + options.devices()
                + " devices each");
        List<String> names = Deployments.names(options.deployments());
        try (HollowCluster cluster = new HollowCluster();
                HollowFleet fleet = new HollowFleet(cluster.server(), options.nodes(), options.devices());
                StatusLog log = new StatusLog(cluster.server())) {
            Deployments.apply(cluster.server(), names);
            rollOut(cluster, log, names);
            Deployments.forgetStatus(cluster.server(), names);
            log.reset();
            try (LoneOperator operator = start(cluster, log)) {
                complete(operator, log, names, 10_000);
                LockSupport.parkNanos(SETTLE.toNanos());
                table.note("after " + SETTLE.toSeconds() + " s");
                memory(operator, 256);
                new ChangesBenchmark(table, options, fleet, log, names).run(operator);
                LockSupport.parkNanos(REST.toNanos());
                table.note("after " + REST.toSeconds() + " s of rest");
                memory(operator, 256);
                idle(operator, log, fleet);
            }
        }
    }

    private void rollOut(HollowCluster cluster, StatusLog log, List<String> names) throws IOException {
        try (LoneOperator operator = start(cluster, log)) {
            long ready = log.await(names, this::whole, LIMIT);
            table.row("all objects to be made -> Ready (ms)", operator.millisSinceStart(ready));
            table.row("most RSS meanwhile (MiB)", operator.peakMiB());
            table.note("writes: " + log.writes() + ", of one status at most " + log.mostInASecond() + " in a second");
        }
    }

    private void complete(LoneOperator operator, StatusLog log, List<String> names, double target) throws IOException {
        long first = log.awaitFirstWrite(LIMIT);
        long complete = log.await(names, this::whole, LIMIT);
        table.row("process start -> first status written (ms)", operator.millisSinceStart(first));
        table.row("process start -> all statuses complete (ms)", operator.millisSinceStart(complete), target);
        table.row("processor time until then (ms)", operator.figures().cpuMillis());
        table.row("most RSS until then (MiB)", operator.peakMiB());
    }

    /** Whether a status tells of every node and every device. */
    private boolean whole(StatusLog.Stamped status) {
        return status.ready()
                && status.count("nodes", "ready") == options.nodes()
                && status.count("devices", "healthy") == options.nodes() * options.devices();
    }

    private void foreign() throws IOException {
        table.title(options.deployments() + " deployment(s) on " + options.nodes() + " nodes, with " + FOREIGN_PODS
                + " pods of others, 50 images and 12 kB of annotations on every node");
        List<String> names = Deployments.names(options.deployments());
        try (HollowCluster cluster = new HollowCluster();
                HollowFleet fleet = new HollowFleet(cluster.server(), options.nodes(), options.devices());
                StatusLog log = new StatusLog(cluster.server())) {
            Deployments.apply(cluster.server(), names);
            rollOut(cluster, log, names);
            fleet.addForeignPods(FOREIGN_PODS);
            fleet.nodes().parallelStream().forEach(HollowNode::load);
            Deployments.forgetStatus(cluster.server(), names);
            log.reset();
            try (LoneOperator operator = start(cluster, log)) {
                complete(operator, log, names, 10_000);
                LockSupport.parkNanos(SETTLE.toNanos());
                table.note("after " + SETTLE.toSeconds() + " s");
                memory(operator, 256);
                idle(operator, log, fleet);
            }
        }
    }

    private void many() throws IOException {
        table.title(MANY + " deployments on " + NODES_OF_MANY + " nodes with " + options.devices() + " devices each");
        List<String> names = Deployments.names(MANY);
        try (HollowCluster cluster = new HollowCluster();
                HollowFleet fleet = new HollowFleet(cluster.server(), NODES_OF_MANY, options.devices());
                StatusLog log = new StatusLog(cluster.server())) {
            Deployments.apply(cluster.server(), names);
            try (LoneOperator operator = start(cluster, log)) {
                long ready = log.await(names, StatusLog.Stamped::ready, LIMIT);
                table.row("all objects to be made -> all Ready (ms)", operator.millisSinceStart(ready));
                table.row("most RSS until then (MiB)", operator.peakMiB());
                table.row("status writes of one deployment in a second, at most", log.mostInASecond(), 1);
                table.note("writes: " + log.writes());
                memory(operator, 256);
            }
            Deployments.forgetStatus(cluster.server(), names);
            log.reset();
            try (LoneOperator operator = start(cluster, log)) {
                long ready = log.await(names, StatusLog.Stamped::ready, LIMIT);
                table.row("all objects there -> all Ready (ms)", operator.millisSinceStart(ready), 30_000);
                LockSupport.parkNanos(SETTLE.toNanos());
                memory(operator, 256);
                idle(operator, log, fleet);
            }
        }
    }

    private void memory(LoneOperator operator, double target) throws IOException {
        ProcessFigures figures = operator.figures();
        table.row("RSS (MiB)", figures.rssMiB(), target);
        table.row("anonymous (MiB)", figures.anonymousMiB());
    }

    /** At rest nothing changes but the heartbeats of the nodes: each once in five minutes, as kubelets do. */
    private void idle(LoneOperator operator, StatusLog log, HollowFleet fleet) throws IOException {
        log.reset();
        ProcessFigures before = operator.figures();
        fleet.heartbeats(options.time());
        table.row("writes in " + options.time().toSeconds() + " s at rest", log.allWrites(), 0);
        table.row(
                "processor (% of one), with the nodes' heartbeats",
                operator.figures().cpuPercentSince(before, options.time()));
        if (log.allWrites() > 0) {
            table.note("  " + log.writes());
        }
    }
}
