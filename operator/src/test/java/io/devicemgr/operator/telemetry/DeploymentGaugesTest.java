package io.devicemgr.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeploymentGaugesTest {
    private static final String STATUS = """
            observedGeneration: 2
            devices: {total: 4, healthy: 1, unhealthy: 3, allocated: 0}
            unhealthyDevices:
            - {node: w-1, resource: example.com/x, id: a}
            - {node: w-1, resource: example.com/x, id: b}
            - {node: closed, resource: example.com/x, id: c}
            nodeProblems:
            - {node: w-1, reason: OOMKilled}
            - {node: w-2, reason: ImagePullBackOff}
            - {node: w-3, reason: ImagePullBackOff}
            - {node: closed, reason: ImagePullBackOff}
            - {node: closed-and-off, reason: NodeNotReady}
            """;

    @Test
    void whereSomebodyIsAtWorkNobodyHasToBeCalled() {
        assertThat(read(deployment(2L, STATUS)))
                .containsEntry(series("node_problems", "reason", "OOMKilled"), 1.0)
                .containsEntry(series("node_problems", "reason", "ImagePullBackOff"), 2.0)
                .doesNotContainKey(series("node_problems", "reason", "NodeNotReady"))
                .containsEntry(series("devices", "health", "Unhealthy"), 3.0)
                .containsEntry(series("devices_unhealthy_cordoned"), 1.0);
    }

    @Test
    void aStatusIsOfThePresentSpecOrNot() {
        assertThat(read(deployment(2L, STATUS))).containsEntry(series("spec_observed"), 1.0);
        assertThat(read(deployment(3L, STATUS))).containsEntry(series("spec_observed"), 0.0);
        assertThat(read(deployment(1L, null)))
                .as("never looked at")
                .containsEntry(series("spec_observed"), 0.0)
                .doesNotContainKey(series("devices_unhealthy_cordoned"));
    }

    private static Map<Series, Double> read(DevicePluginDeployment deployment) {
        Clock clock = Clock.systemUTC();
        OperatorMetrics metrics = new OperatorMetrics(
                clock,
                new Sight(clock),
                () -> true,
                () -> 0,
                () -> Stream.of(deployment),
                () -> Set.of("closed", "closed-and-off"));
        return TextFormatParser.parse(metrics.registry().text());
    }

    private static DevicePluginDeployment deployment(long generation, String status) {
        DevicePluginDeployment deployment = new DevicePluginDeployment();
        deployment.setMetadata(new ObjectMetaBuilder()
                .withName("lab")
                .withGeneration(generation)
                .build());
        if (status != null) {
            deployment.setStatus(Serialization.unmarshal(status, DevicePluginDeploymentStatus.class));
        }
        return deployment;
    }

    private static Series series(String name, String... label) {
        return new Series(
                "devicemgr_operator_" + name,
                label.length == 0 ? Map.of("deployment", "lab") : Map.of("deployment", "lab", label[0], label[1]));
    }
}
