package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.NAMESPACE;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reports that nobody writes any more go, and those of living agents stay. */
class ReportsIT {
    private static final String REPORTS = "nodedevicereports.devicemgr.io";

    private final World world = new World().started();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void theReportOfANodeThatHasGoneGoesWhenItsAgentHasGone() {
        world.withReadyFleet();
        world.server.objects().delete("nodes", "", "w-2");
        eventually().until(() -> world.deployment("lab").getStatus().nodes().matched() == 1);
        assertThat(report("w-2")).isNotNull();

        world.server.objects().delete("pods", NAMESPACE, World.podName("lab", "w-2"));
        eventually().until(() -> report("w-2") == null);
        assertThat(report("w-1")).isNotNull();
    }

    @Test
    void theReportOfANodeThatIsNoLongerSelectedGoesWithItsAgent() {
        world.withReadyFleet();
        world.server.objects().update("nodes", "", "w-2", node -> {
            node.withObject("/metadata/labels").put("kubernetes.io/os", "windows");
            return node;
        });
        world.server.objects().delete("pods", NAMESPACE, World.podName("lab", "w-2"));

        eventually().until(() -> report("w-2") == null);
        assertThat(report("w-1")).isNotNull();
    }

    @Test
    void aReportThatSomebodyDeletesIsPutBackInTheNameOfItsAgent() {
        world.withReadyFleet();
        String uid = report("w-1").getMetadata().getUid();
        world.server.objects().delete(REPORTS, "", "lab.w-1");

        eventually().until(() -> report("w-1") != null && report("w-1").getStatus() != null);
        NodeDeviceReport back = report("w-1");
        assertThat(back.getMetadata().getUid()).isNotEqualTo(uid);
        assertThat(back.getStatus().devices())
                .hasSize(2)
                .allSatisfy(device -> assertThat(device.health()).isEqualTo(DeviceHealth.Healthy));
        assertThat(back.getMetadata().getOwnerReferences()).hasSize(1);
        assertThat(back.getMetadata().getManagedFields())
                .extracting(entry -> entry.getManager())
                .containsOnly("device-plugin-agent");
        eventually().until(() -> world.condition("lab", "Ready").equals("True AllDevicesReady"));
    }

    @Test
    void aReportIsPutBackThoughTheApiServerRefusesItAtFirst() {
        world.withReadyFleet();
        world.server.failNext(
                1,
                request -> request.isWrite()
                        && request.user() != null
                        && request.resource().equals("nodedevicereports"),
                403,
                0);
        world.server.objects().delete(REPORTS, "", "lab.w-1");

        eventually().until(() -> report("w-1") != null && report("w-1").getStatus() != null);
    }

    /** The second half of putting back fails: the agent's words are still to come. */
    @Test
    void aReportThatIsPutBackInHalvesGetsItsStatus() {
        world.withReadyFleet();
        world.server.failNext(
                1,
                request -> request.isWrite()
                        && request.user() != null
                        && request.resource().equals("nodedevicereports")
                        && "status".equals(request.subresource()),
                403,
                0);
        world.server.objects().delete(REPORTS, "", "lab.w-1");

        eventually().until(() -> report("w-1") != null && report("w-1").getStatus() != null);
    }

    private NodeDeviceReport report(String node) {
        return world.client
                .resources(NodeDeviceReport.class)
                .withName(NodeDeviceReport.nameOf("lab", node))
                .get();
    }
}
