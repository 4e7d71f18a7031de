package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsSweeperTest {
    @Test
    void theLastGoodRevisionIsKeptUntilItIsWrittenThatThereIsANewerOne() {
        RolloutStatus computed = status("r2");

        assertThat(unused(computed, status("r1"))).containsExactly("r0");
        assertThat(unused(computed, computed)).containsExactly("r0", "r1");
    }

    private static List<String> unused(RolloutStatus computed, RolloutStatus written) {
        RolloutPlan plan = new RolloutPlan(
                "r2", List.of(), Set.of(), ConditionReason.Complete, "", Set.of(), computed, Optional.empty());
        return SettingsSweeper.unused(cluster(), plan, Optional.of(written)).stream()
                .map(map -> map.getMetadata().getName())
                .toList();
    }

    private static Cluster cluster() {
        return new Cluster(
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                new Fleet(List.of()),
                Stream.of("r0", "r1", "r2").map(SettingsSweeperTest::settings).toList(),
                null,
                null);
    }

    private static ConfigMap settings(String revision) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(revision)
                .addToLabels(Labels.REVISION, revision)
                .endMetadata()
                .build();
    }

    private static RolloutStatus status(String lastGood) {
        return new RolloutStatus("Complete", "r2", lastGood, null, null, 0, null, null, null, null, null);
    }
}
