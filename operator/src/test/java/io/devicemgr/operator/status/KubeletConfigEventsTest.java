package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KubeletConfigEventsTest {
    private static final Map<String, String> LABELS = Map.of("pick", "me");
    private static final MachineConfigPool POOL = new MachineConfigPoolBuilder()
            .withNewMetadata()
            .withName("worker")
            .withLabels(LABELS)
            .endMetadata()
            .build();

    private final Scene scene = new Scene();

    @Test
    void itsBirthAndItsEndAreTold() {
        scene.sample.configuringPools(LABELS);
        DevicePluginDeploymentStatus nothing = with();
        DevicePluginDeploymentStatus made = with(ours());

        assertThat(between(nothing, made)).containsExactly("Normal KubeletConfigCreated");
        assertThat(between(made, nothing)).containsExactly("Normal KubeletConfigDeleted");
        assertThat(between(made, with(ours()))).isEmpty();
    }

    @Test
    void whatIsInTheWayIsAWarningOnce() {
        scene.sample.configuringPools(LABELS);
        DevicePluginDeploymentStatus waiting = with();
        scene.preflight = Optional.of(new Violation(ConditionReason.NoMatchingPool, "label it"));
        DevicePluginDeploymentStatus refused = with();

        assertThat(between(null, refused)).containsExactly("Warning NoMatchingPool");
        assertThat(between(waiting, refused)).containsExactly("Warning NoMatchingPool");
        assertThat(between(refused, with())).isEmpty();
    }

    @Test
    void whereNoneIsAskedForNothingIsTold() {
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL);

        assertThat(between(null, with())).isEmpty();
    }

    private DevicePluginDeploymentStatus with(KubeletConfig... configs) {
        scene.machineConfigs = MachineConfigs.served(List.of(POOL), List.of(configs), List.of());
        return scene.status();
    }

    private static List<String> between(DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now) {
        return KubeletConfigEvents.between(before, now).stream()
                .map(event -> (event.warning() ? "Warning " : "Normal ") + event.reason())
                .toList();
    }

    private static KubeletConfig ours() {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName("devicemgr-lab")
                .addNewOwnerReference()
                .withUid("uid-of-lab")
                .endOwnerReference()
                .endMetadata()
                .build();
    }
}
