package io.devicemgr.testkit.openshift;

import io.devicemgr.testkit.apiserver.ClusterObjects;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** OpenShift's machine config operator in steps: judge, render, and roll out node by node. For one thread. */
public final class SimulatedMachineConfigOperator {
    private final SortedMap<String, String> machineConfigs = new TreeMap<>();
    private final KubeletConfigJudge judge;
    private final MachineConfigPools pools;

    /** The server must have {@link SimulatedApiServer#installOpenShift() the objects of OpenShift}. */
    public SimulatedMachineConfigOperator(SimulatedApiServer server, OpenShiftRelease release) {
        ClusterObjects objects = server.objects();
        this.judge = new KubeletConfigJudge(objects, release, machineConfigs);
        this.pools = new MachineConfigPools(objects, machineConfigs);
    }

    /** The KubeletConfig controller looks at what is new, changed, or going. */
    public void judge() {
        judge.look();
    }

    /** The render controller gives every pool its target, but none that a KubeletConfig holds up. */
    public void render() {
        pools.all().stream()
                .filter(pool -> !judge.holdsUp(pool))
                .map(Json::name)
                .forEach(pools::render);
    }

    /** The node controller tells in the status of the pools how far their nodes are. */
    public void report() {
        pools.all().stream().map(Json::name).forEach(pool -> {
            pools.adopt(pool);
            pools.report(pool);
        });
    }

    /** The next node of a pool starts towards the target; false when there is none, or the pool is paused. */
    public boolean startNode(String pool) {
        return pools.next(pool)
                .map(node -> {
                    pools.annotate(node, Map.of("desiredConfig", pools.target(pool), "state", "Working", "reason", ""));
                    return true;
                })
                .orElse(false);
    }

    /** The next node of a pool arrives at the target; false when there is none, or the pool is paused. */
    public boolean finishNode(String pool) {
        return pools.next(pool)
                .map(node -> {
                    String target = pools.target(pool);
                    pools.annotate(
                            node,
                            Map.of("currentConfig", target, "desiredConfig", target, "state", "Done", "reason", ""));
                    return true;
                })
                .orElse(false);
    }

    /** A node cannot apply the target. */
    public void degradeNode(String node, String reason) {
        pools.annotate(node, Map.of("state", "Degraded", "reason", reason));
    }

    /** All steps, until every pool that is not held up or paused has arrived. */
    public void settle() {
        judge();
        render();
        report();
        pools.all().stream().map(Json::name).forEach(pool -> {
            boolean more = true;
            while (more) {
                more = finishNode(pool);
            }
        });
        report();
    }

    /** Names of the MachineConfigs that were made from KubeletConfigs. */
    public Set<String> machineConfigs() {
        return Set.copyOf(machineConfigs.keySet());
    }
}
