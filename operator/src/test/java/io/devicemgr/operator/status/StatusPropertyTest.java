package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every status, whatever the cluster does. */
class StatusPropertyTest {
    private static final int STEPS = 80;
    /** For the deployment one of each kind of event, and one for each of ten nodes; the rest is bounded elsewhere. */
    private static final int EVENTS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void holdsInEveryClusterAndAtEveryMoment(long seed) {
        RandomScene random = new RandomScene(seed);
        DevicePluginDeploymentStatus before = null;
        for (int step = 0; step < STEPS; step++) {
            random.change(step);
            StatusResult result = random.scene.result();
            String where = "seed " + seed + ", step " + step;
            wellFormed(result.status(), random.generation, where);
            transitions(before, result.status(), random.scene, where);
            readySaysWhatTheOthersSay(result.status(), where);
            assertThat(StatusEvents.between(before, result.status(), "lab"))
                    .as(where)
                    .hasSizeLessThan(EVENTS)
                    .allSatisfy(event -> assertThat(event.message()).isNotBlank());
            assertThat(random.scene.result().status()).as(where).isEqualTo(result.status());
            before = result.status();
        }
    }

    private static void wellFormed(DevicePluginDeploymentStatus status, long generation, String where) {
        assertThat(status.conditions())
                .as(where)
                .extracting(Condition::getType)
                .containsExactly(
                        Arrays.stream(ConditionType.values()).map(Enum::name).toArray(String[]::new));
        assertThat(status.conditions()).as(where).allSatisfy(condition -> {
            assertThat(condition.getObservedGeneration()).isEqualTo(generation);
            assertThat(condition.getStatus()).isIn("True", "False", "Unknown");
            assertThat(condition.getReason()).matches("[A-Z][A-Za-z]*");
            assertThat(condition.getMessage()).isNotBlank().hasSizeLessThanOrEqualTo(Conditions.MESSAGE_LENGTH);
        });
        assertThat(status.observedGeneration()).as(where).isEqualTo(generation);
        assertThat(status.unhealthyDevices()).as(where).hasSizeLessThanOrEqualTo(50);
        assertThat(status.nodeProblems()).as(where).hasSizeLessThanOrEqualTo(50).allSatisfy(problem -> {
            assertThat(problem.reason()).isNotBlank();
            assertThat(problem.message()).isNotBlank().hasSizeLessThan(900);
        });
        assertThat(status.devices().total())
                .as(where)
                .isEqualTo(status.devices().healthy() + status.devices().unhealthy());
        if (status.devices().unhealthy() > status.unhealthyDevices().size()) {
            assertThat(status.truncated()).as(where).isTrue();
        }
    }

    private static void transitions(
            DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now, Scene scene, String where) {
        for (ConditionType type : ConditionType.values()) {
            Condition condition = Scene.condition(now, type);
            Condition old = before == null ? null : Scene.condition(before, type);
            boolean flipped = old == null || !old.getStatus().equals(condition.getStatus());
            assertThat(condition.getLastTransitionTime())
                    .as(where + " " + type)
                    .isEqualTo(flipped ? Scene.at(scene.now) : old.getLastTransitionTime());
        }
    }

    private static void readySaysWhatTheOthersSay(DevicePluginDeploymentStatus status, String where) {
        Condition ready = Scene.condition(status, ConditionType.Ready);
        List<String> others = status.conditions().stream()
                .filter(condition -> !"Ready".equals(condition.getType()))
                .map(Condition::getStatus)
                .toList();
        String expected = others.contains("False") ? "False" : others.contains("Unknown") ? "Unknown" : "True";
        assertThat(ready.getStatus()).as(where).isEqualTo(expected);
        if (!"True".equals(expected)) {
            assertThat(status.conditions())
                    .as(where)
                    .anyMatch(condition -> !"Ready".equals(condition.getType())
                            && condition.getReason().equals(ready.getReason())
                            && condition.getMessage().equals(ready.getMessage()));
        }
    }
}
