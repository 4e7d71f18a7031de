package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.DeviceCounts;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents of another release than the operator's: what they wrote is understood as far as both know it, and harms nothing. */
class OtherReleasesIT {
    private static final String REPORTS = "nodedevicereports.devicemgr.io";

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource({
        "first, True AllAgentsReady",
        // Its agent goes on with the settings before, and says so.
        "before, False AgentsUnavailable",
        "later, True AllAgentsReady"
    })
    void reportsOfOtherReleasesAreUnderstood(String release, String agentsReady) throws IOException {
        world.node("w-1", 1);
        world.deploy("lab", SERIAL, "");
        world.started();
        eventually().until(() -> world.daemonSet("lab") != null);
        world.runAgents("lab");
        write(recorded(release));

        eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));
        assertThat(world.deployment("lab").getStatus().devices()).isEqualTo(new DeviceCounts(2, 1, 1, 1));
        eventually().until(() -> world.condition("lab", "AgentsReady").equals(agentsReady));
    }

    @Test
    void aReasonThatTheOperatorDoesNotKnowIsToldInTheAgentsWords() throws IOException {
        world.node("w-1", 1);
        world.deploy("lab", SERIAL, "");
        world.started();
        eventually().until(() -> world.daemonSet("lab") != null);
        world.runAgents("lab");
        write(recorded("later"));

        eventually().until(() -> world.message("lab", "DevicesHealthy").contains("/dev/ttyUSB1 too hot"));
    }

    /** The informer's first list holds it, which is where a single object could keep the operator from starting. */
    @Test
    void anOperatorStartsBesideReportsOfALaterRelease() throws IOException {
        world.node("w-1", 1);
        world.deploy("lab", SERIAL, "");
        write(recorded("later"));
        world.started();

        eventually().until(() -> world.daemonSet("lab") != null);
    }

    private void write(ObjectNode report) {
        ObjectNode status = report.deepCopy();
        world.server.objects().create(REPORTS, report);
        world.pods("lab")
                .forEach(pod -> status.withObject("/status")
                        .put("revision", pod.getMetadata().getLabels().get("devicemgr.io/revision")));
        world.change(REPORTS, "", "lab.w-1", found -> {
            found.set("status", status.get("status"));
            return found;
        });
    }

    private static ObjectNode recorded(String release) throws IOException {
        try (InputStream json = OtherReleasesIT.class.getResourceAsStream("/releases/report-" + release + ".json")) {
            return (ObjectNode) new ObjectMapper().readTree(json);
        }
    }
}
