package io.devicemgr.testkit.trouble;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.openshift.OpenShiftRelease;
import io.devicemgr.testkit.openshift.SimulatedMachineConfigOperator;
import io.devicemgr.testkit.sandbox.Distribution;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A cluster for troubles, many of them at a time: with the objects of OpenShift, and at first without an operator. */
public final class Scene implements AutoCloseable {
    static final String CONSUMER_IMAGE = "consumer:1";

    private static final Duration NODE_STATUS_INTERVAL = Duration.ofSeconds(1);
    private static final Duration NODE_GRACE = Duration.ofSeconds(3);

    private final Distribution distribution;
    private final SimulatedCluster cluster;
    private final SimulatedMachineConfigOperator machineConfigs;
    private Optional<OperatorProcess> operator = Optional.empty();

    /** Starts the cluster, and nothing in it. */
    public Scene(Distribution distribution) throws IOException {
        this.distribution = distribution;
        this.cluster = SimulatedCluster.start(NODE_STATUS_INTERVAL);
        cluster.nodeGrace(NODE_GRACE);
        cluster.apiServer().installOpenShift();
        machineConfigs = new SimulatedMachineConfigOperator(cluster.apiServer(), OpenShiftRelease.FROM_4_23);
        cluster.images().add(Distribution.AGENT_IMAGE, agent()).add(CONSUMER_IMAGE, Image.IDLE);
    }

    /** The cluster. */
    public SimulatedCluster cluster() {
        return cluster;
    }

    /** Where a trouble plays. */
    public Stage stage(Trouble trouble) {
        return new Stage(this, trouble.name());
    }

    Image agent() {
        return distribution.agent();
    }

    /** Starts the operator unless it runs. */
    public synchronized void startOperator() throws IOException {
        if (operator.isEmpty()) {
            operator = Optional.of(
                    cluster.startOperator(distribution.operatorCommand(), distribution.operatorEnvironment()));
        }
    }

    /** The machine config operator works until a pool is as it should be, unless it is paused; others only get their targets. */
    synchronized void settle(String pool) {
        machineConfigs.judge();
        machineConfigs.render();
        machineConfigs.report();
        boolean more = true;
        while (more) {
            more = machineConfigs.finishNode(pool);
        }
        machineConfigs.report();
    }

    synchronized void degrade(String node, String reason) {
        machineConfigs.degradeNode(node, reason);
        machineConfigs.report();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
