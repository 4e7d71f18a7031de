package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubeletConfigIT {
    private static final String ASKED =
            ", kubeletConfig: {machineConfigPoolSelector: {matchLabels: {machineconfiguration.openshift.io: devicemgr}}}";

    private final World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void withoutTheApiNothingIsWrittenAndNothingIsWrong() {
        world.started().deploy("lab", SERIAL, ASKED);

        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("True MachineConfigUnavailable"));
    }

    @Test
    void isWrittenWhenAPoolIsLabelledAndDeletedWhenNoLongerAskedFor() {
        world.server.installOpenShift();
        pool("");
        world.started().deploy("lab", SERIAL, ASKED);
        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("False NoMatchingPool"));
        assertThat(kubeletConfig()).isNull();
        assertThat(world.daemonSet("lab"))
                .as("agents are rolled out regardless")
                .isNotNull();

        pool("machineconfiguration.openshift.io: devicemgr");
        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("False WaitingForPool"));
        assertThat(kubeletConfig()).isNotNull();

        judge("Failure", "Error: no");
        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("False Rejected"));
        judge("Success", "Success");
        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("False WaitingForPool"));

        world.deploy("lab", SERIAL, "");
        eventually().until(() -> kubeletConfig() == null);
        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("True NotRequested"));
    }

    @Test
    void somebodyElsesTuningOfThePoolIsLeftAlone() {
        world.server.installOpenShift();
        pool("machineconfiguration.openshift.io: devicemgr");
        world.server.applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: KubeletConfig
                metadata: {name: tuning}
                spec:
                  machineConfigPoolSelector: {matchLabels: {machineconfiguration.openshift.io: devicemgr}}
                  kubeletConfig: {maxPods: 500}
                """);
        world.started().deploy("lab", SERIAL, ASKED);

        eventually().until(() -> world.condition("lab", "KubeletConfigured").equals("False PoolHasOtherKubeletConfig"));
        assertThat(world.message("lab", "Ready")).contains("tuning").contains("worker");
        assertThat(kubeletConfig()).isNull();

        world.server.objects().delete("kubeletconfigs.machineconfiguration.openshift.io", "", "tuning");
        eventually().until(() -> kubeletConfig() != null);
    }

    private KubeletConfig kubeletConfig() {
        return world.client
                .resources(KubeletConfig.class)
                .withName("devicemgr-lab")
                .get();
    }

    private void pool(String label) {
        world.server.applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: MachineConfigPool
                metadata: {name: worker, labels: {%s}}
                spec: {}
                """.formatted(label));
    }

    private void judge(String type, String message) {
        world.change("kubeletconfigs.machineconfiguration.openshift.io", "", "devicemgr-lab", config -> {
            var status = config.putObject("status");
            status.putArray("conditions")
                    .addObject()
                    .put("type", type)
                    .put("status", "True")
                    .put("message", message);
            return config;
        });
    }
}
