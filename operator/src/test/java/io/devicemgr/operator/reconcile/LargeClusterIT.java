package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeClusterIT {
    private static final int NODES = 600;

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    /** Three pages, and each of them so large that the API server packs it. */
    @Test
    void everyPageOfAListIsRead() {
        for (int i = 0; i < NODES; i++) {
            world.node("w-" + i, 0);
        }
        world.started().deploy("lab", SERIAL, "");

        eventually().until(() -> {
            var status = world.deployment("lab").getStatus();
            return status != null && status.nodes().matched() == NODES;
        });
    }
}
