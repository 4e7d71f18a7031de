package io.devicemgr.testkit.sandbox;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A small cluster in which an operator does what it does in its life. Run at build time with the operator's command, which notes
 * the classes that it loads: those need not be read and verified again at each start.
 */
public final class OperatorTraining {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int NODES = 3;
    private static final int DEVICES = 2;

    private OperatorTraining() {}

    /**
     * Exits with 0 when everything was used, and with 1 otherwise.
     *
     * @param command the operator's program and arguments
     */
    public static void main(String[] command) throws IOException {
        List<String> names = Deployments.names(2);
        try (HollowCluster cluster = new HollowCluster();
                HollowFleet fleet = new HollowFleet(cluster.server(), NODES, DEVICES);
                StatusLog log = new StatusLog(cluster.server());
                LoneOperator operator = LoneOperator.start(List.of(command), cluster)) {
            log.follow(operator);
            Deployments.apply(cluster.server(), names);
            log.await(names, StatusLog.Stamped::ready, LIMIT);
            HollowNode node = fleet.nodes().get(0);
            node.agents().get(names.get(0)).change(0, true);
            node.touch();
            log.await(names.subList(0, 1), status -> status.count("devices", "unhealthy") == 1, LIMIT);
            node.agents().get(names.get(0)).change(0, false);
            node.touch();
            log.await(names, StatusLog.Stamped::ready, LIMIT);
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }
}
