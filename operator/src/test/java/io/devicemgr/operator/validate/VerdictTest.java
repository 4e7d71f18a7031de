package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.desired.Labels;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final String SERIAL = "example.com/serial";
    private static final String CAMERA = "example.com/camera";

    private final List<Node> nodes = List.of(node("w-1", "left"), node("w-2", "right"));

    @Test
    void theYoungerOfTwoDeploymentsLosesTheResourceAndKeepsTheRest() {
        DevicePluginDeployment older = SampleDeployment.named("old")
                .created("2026-01-01T00:00:00Z")
                .offering(SERIAL)
                .build();
        DevicePluginDeployment younger = SampleDeployment.named("new")
                .created("2026-01-02T00:00:00Z")
                .offering(SERIAL)
                .offering(CAMERA)
                .build();

        Verdict verdict = verdict(younger, older, younger);

        assertThat(verdict.offered()).extracting(DeviceResource::name).containsExactly(CAMERA);
        assertThat(verdict.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.ResourceConflict);
            assertThat(violation.message())
                    .contains(SERIAL)
                    .contains("deployment old")
                    .contains("nodes w-1, w-2");
        });
        assertThat(verdict.applicable()).isTrue();
        assertThat(verdict(older, older, younger).violations()).isEmpty();
    }

    @Test
    void theNameDecidesBetweenDeploymentsOfOneAge() {
        DevicePluginDeployment a = SampleDeployment.named("a").offering(SERIAL).build();
        DevicePluginDeployment b = SampleDeployment.named("b").offering(SERIAL).build();

        assertThat(verdict(a, a, b).violations()).isEmpty();
        assertThat(verdict(b, a, b).violations()).hasSize(1);
    }

    @Test
    void deploymentsOnDifferentNodesDoNotMeet() {
        DevicePluginDeployment left = SampleDeployment.named("a")
                .on(Map.of("side", "left"))
                .offering(SERIAL)
                .build();
        DevicePluginDeployment right = SampleDeployment.named("b")
                .on(Map.of("side", "right"))
                .offering(SERIAL)
                .build();

        assertThat(verdict(right, left, right).violations()).isEmpty();
    }

    @Test
    void whatLostAResourceIsNoRivalForAStillYoungerOne() {
        DevicePluginDeployment first = SampleDeployment.named("a")
                .on(Map.of("side", "left"))
                .offering(SERIAL)
                .build();
        DevicePluginDeployment second =
                SampleDeployment.named("b").offering(SERIAL).build();
        DevicePluginDeployment third = SampleDeployment.named("c")
                .on(Map.of("side", "right"))
                .offering(SERIAL)
                .build();

        assertThat(verdict(second, first, second, third).violations()).hasSize(1);
        assertThat(verdict(third, first, second, third).violations()).isEmpty();
    }

    @Test
    void whatIsBeingDeletedIsARivalUntilItsAgentsHaveEnded() {
        DevicePluginDeployment going =
                SampleDeployment.named("a").offering(SERIAL).build();
        going.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
        going.getMetadata().setFinalizers(List.of(Labels.FINALIZER, "example.com/other"));
        DevicePluginDeployment mine =
                SampleDeployment.named("c").offering(SERIAL).build();

        assertThat(verdict(mine, going, mine).violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.message())
                        .contains("deployment a, which is being deleted")
                        .contains("w-1, w-2"));
        going.getMetadata().setFinalizers(List.of("example.com/other"));
        assertThat(verdict(mine, going, mine).violations()).isEmpty();
        assertThat(verdict(mine, mine).violations()).isEmpty();
    }

    @Test
    void whatOnlyDiscoversIsNoRivalAndHasNone() {
        DevicePluginDeployment looking =
                SampleDeployment.named("b").offering(SERIAL).discoverOnly().build();
        DevicePluginDeployment mine =
                SampleDeployment.named("c").offering(SERIAL).build();

        assertThat(verdict(mine, looking, mine).violations()).isEmpty();
        assertThat(verdict(looking, looking, mine).violations()).isEmpty();
    }

    private Verdict verdict(DevicePluginDeployment deployment, DevicePluginDeployment... all) {
        return Verdict.of(deployment, List.of(all), nodes);
    }

    private static Node node(String name, String side) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of("kubernetes.io/os", "linux", "side", side))
                .endMetadata()
                .build();
    }
}
