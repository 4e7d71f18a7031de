package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.PoolStatus;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigCondition;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigConditionBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KubeletConfiguredConditionTest {
    private static final Map<String, String> LABELS = Map.of("machineconfiguration.openshift.io", "devicemgr");
    private static final String GENERATED = "99-worker-generated-kubelet";

    @Test
    void withoutMachineConfigPoolsThereIsNothingToDo() {
        assertThat(status(MachineConfigs.none(MachineConfigs.Availability.NotServed)))
                .satisfies(status -> {
                    assertThat(reason(status)).isEqualTo("True MachineConfigUnavailable");
                    assertThat(message(status)).contains("on by default since Kubernetes 1.10");
                    assertThat(status.kubeletConfig()).isNull();
                });
    }

    /** The three shapes of docs/openshift.md 1.4: up to 4.21, 4.22, and from 4.23 on. */
    static Stream<Arguments> logs() {
        return Stream.of(
                Arguments.of(List.of(entry("Success", "True", "Success")), "True Applied"),
                Arguments.of(List.of(entry("Failure", "False", "Error: bad")), "False Rejected"),
                Arguments.of(List.of(entry("Failure", "True", "Error: bad")), "False Rejected"),
                Arguments.of(
                        List.of(entry("Accepted", "True", "Success"), entry("Success", "True", "")), "True Applied"),
                Arguments.of(
                        List.of(entry("Accepted", "False", "Error: bad"), entry("Failure", "True", "Error: bad")),
                        "False Rejected"),
                // A log, not a map: the last entry counts.
                Arguments.of(
                        List.of(entry("Failure", "False", "Error: no pool"), entry("Success", "True", "Success")),
                        "True Applied"),
                Arguments.of(
                        List.of(entry("Success", "True", "Success"), entry("Failure", "False", "Error: bad")),
                        "False Rejected"),
                Arguments.of(List.of(), "False WaitingForPool"));
    }

    @ParameterizedTest
    @MethodSource("logs")
    void everyShapeOfTheConditionsIsRead(List<KubeletConfigCondition> log, String expected) {
        DevicePluginDeploymentStatus status = status(machines(config(log), pool().build()));

        assertThat(reason(status)).isEqualTo(expected);
        if (expected.endsWith("Rejected")) {
            assertThat(message(status)).endsWith("Error: bad");
        }
    }

    @Test
    void anOldVerdictOnAnOlderGenerationDoesNotCount() {
        KubeletConfig config = new KubeletConfigBuilder(config(List.of(entry("Success", "True", "Success"))))
                .editMetadata()
                .withGeneration(2L)
                .endMetadata()
                .editStatus()
                .withObservedGeneration(1L)
                .endStatus()
                .build();

        assertThat(reason(status(machines(config, pool().build())))).isEqualTo("False WaitingForPool");
    }

    @Test
    void theOldUpdatedOfAPoolDoesNotCountBeforeTheConfigIsRendered() {
        MachineConfigPool pool = pool().editSpec()
                .editConfiguration()
                .withSource(List.of())
                .endConfiguration()
                .endSpec()
                .build();

        assertThat(reason(status(machines(accepted(), pool)))).isEqualTo("False WaitingForPool");
    }

    @Test
    void theProgressOfAPoolIsTold() {
        MachineConfigPool pool = pool().editSpec()
                .editConfiguration()
                .withName("rendered-worker-new")
                .endConfiguration()
                .endSpec()
                .editStatus()
                .withUpdatedMachineCount(1)
                .endStatus()
                .build();
        DevicePluginDeploymentStatus status = status(machines(accepted(), pool));

        assertThat(reason(status)).isEqualTo("False WaitingForPool");
        assertThat(message(status)).isEqualTo("1/3 machines of pool worker are updated");
        assertThat(status.kubeletConfig().pools()).containsExactly(new PoolStatus("worker", 3, 1, "Updating"));
    }

    @Test
    void aPausedPoolIsNamedUnlessItIsDone() {
        MachineConfigPool done = pool().editSpec().withPaused(true).endSpec().build();
        MachineConfigPool waiting = new MachineConfigPoolBuilder(done)
                .editSpec()
                .editConfiguration()
                .withName("rendered-worker-new")
                .endConfiguration()
                .endSpec()
                .build();

        assertThat(reason(status(machines(accepted(), done)))).isEqualTo("True Applied");
        assertThat(reason(status(machines(accepted(), waiting)))).isEqualTo("False PoolPaused");
    }

    @Test
    void aDegradedPoolSaysWhy() {
        MachineConfigPool pool = pool().editStatus()
                .addNewCondition()
                .withType("Degraded")
                .withStatus("True")
                .withMessage("summary")
                .endCondition()
                .addNewCondition()
                .withType("NodeDegraded")
                .withStatus("True")
                .withMessage("Node w-1 is reporting: disk")
                .endCondition()
                .endStatus()
                .build();
        DevicePluginDeploymentStatus status = status(machines(accepted(), pool));

        assertThat(reason(status)).isEqualTo("False PoolDegraded");
        assertThat(message(status)).endsWith("Node w-1 is reporting: disk");
    }

    @Test
    void aFailedPreflightMakesItUnreadyAndBlocksNothingElse() {
        Scene scene = scene(machines(null, pool().build())).worker("w-1", 1);
        scene.preflight = Optional.of(new Violation(ConditionReason.NoMatchingPool, "no pool"));

        assertThat(Scene.reasons(scene.status()))
                .containsEntry("Ready", "False NoMatchingPool")
                .containsEntry("KubeletConfigured", "False NoMatchingPool")
                .containsEntry("AgentsReady", "True AllAgentsReady")
                .containsEntry("Advertised", "True InSync");
    }

    private static Scene scene(MachineConfigs machines) {
        Scene scene = new Scene();
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).configuringPools(LABELS);
        scene.machineConfigs = machines;
        return scene;
    }

    private static DevicePluginDeploymentStatus status(MachineConfigs machines) {
        return scene(machines).status();
    }

    private static MachineConfigs machines(KubeletConfig config, MachineConfigPool pool) {
        return MachineConfigs.served(List.of(pool), config == null ? List.of() : List.of(config), List.of());
    }

    private static String reason(DevicePluginDeploymentStatus status) {
        return Scene.reasons(status).get("KubeletConfigured");
    }

    private static String message(DevicePluginDeploymentStatus status) {
        return Scene.condition(status, ConditionType.KubeletConfigured).getMessage();
    }

    private static KubeletConfig accepted() {
        return config(List.of(entry("Success", "True", "Success")));
    }

    private static KubeletConfig config(List<KubeletConfigCondition> log) {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName("devicemgr-lab")
                .withFinalizers(GENERATED)
                .addNewOwnerReference()
                .withUid("uid-of-lab")
                .endOwnerReference()
                .endMetadata()
                .withNewStatus()
                .withConditions(log)
                .endStatus()
                .build();
    }

    private static KubeletConfigCondition entry(String type, String status, String message) {
        return new KubeletConfigConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withMessage(message)
                .build();
    }

    /** A pool of three machines that has rolled the generated configuration out. */
    private static MachineConfigPoolBuilder pool() {
        return new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName("worker")
                .withLabels(LABELS)
                .endMetadata()
                .withNewSpec()
                .withNewConfiguration()
                .withName("rendered-worker-1")
                .addNewSource()
                .withName(GENERATED)
                .endSource()
                .endConfiguration()
                .endSpec()
                .withNewStatus()
                .withMachineCount(3)
                .withUpdatedMachineCount(3)
                .withNewConfiguration()
                .withName("rendered-worker-1")
                .endConfiguration()
                .addNewCondition()
                .withType("Updated")
                .withStatus("True")
                .endCondition()
                .endStatus();
    }
}
