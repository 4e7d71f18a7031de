package io.devicemgr.testkit.trouble;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import java.io.IOException;
import java.util.List;

/** What goes wrong with a KubeletConfig on OpenShift. */
final class PoolTroubles {
    private static final String OURS = "devicemgr-";

    private PoolTroubles() {}

    static List<Trouble> all() {
        return List.of(noPool(), otherConfig(), paused(), degraded(), rejected());
    }

    private static Trouble noPool() {
        return Trouble.of(
                "no-pool",
                "the selector of the KubeletConfig matches no pool",
                stage -> {
                    pool(stage, "", false);
                    asks(stage);
                    stage.await(ConditionType.KubeletConfigured, ConditionReason.NoMatchingPool, "");
                    stage.await("agents", d -> d.getStatus().nodes().ready() == 1);
                },
                stage -> {
                    pool(stage, label(stage), false);
                    applied(stage);
                });
    }

    private static Trouble otherConfig() {
        return Trouble.of(
                "other-config",
                "somebody else's KubeletConfig is on the pool",
                stage -> {
                    pool(stage, label(stage), false);
                    stage.cluster().apiServer().applyYaml("""
                            apiVersion: machineconfiguration.openshift.io/v1
                            kind: KubeletConfig
                            metadata: {name: tuning}
                            spec: {machineConfigPoolSelector: {matchLabels: {%s}}, kubeletConfig: {maxPods: 500}}
                            """.formatted(label(stage)));
                    asks(stage);
                    stage.await(ConditionType.KubeletConfigured, ConditionReason.PoolHasOtherKubeletConfig, "tuning");
                },
                stage -> {
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                });
    }

    private static Trouble paused() {
        return Trouble.of(
                "pool-paused",
                "the pool is paused",
                stage -> {
                    asked(stage);
                    pool(stage, label(stage), true);
                    byOthers(stage, "maxPods: 100");
                    stage.scene().settle(stage.name());
                    stage.await(ConditionType.KubeletConfigured, ConditionReason.PoolPaused, "");
                },
                stage -> {
                    pool(stage, label(stage), false);
                    applied(stage);
                });
    }

    private static Trouble degraded() {
        return Trouble.of(
                "pool-degraded",
                "a machine of the pool cannot take its configuration",
                stage -> {
                    asked(stage);
                    stage.scene().degrade(stage.node(), "unexpected on-disk state validating against rendered-worker");
                    stage.await(ConditionType.KubeletConfigured, ConditionReason.PoolDegraded, "");
                },
                PoolTroubles::applied);
    }

    private static Trouble rejected() {
        return Trouble.of(
                "config-rejected",
                "the machine config operator refuses the KubeletConfig",
                stage -> {
                    asked(stage);
                    byOthers(stage, "featureGates: {DevicePlugins: true}");
                    stage.scene().settle(stage.name());
                    stage.await(ConditionType.KubeletConfigured, ConditionReason.Rejected, "featureGates");
                },
                stage -> {
                    stage.cluster()
                            .apiServer()
                            .objects()
                            .update(
                                    "kubeletconfigs.machineconfiguration.openshift.io",
                                    "",
                                    OURS + stage.name(),
                                    found -> {
                                        found.withObject("/spec/kubeletConfig").remove("featureGates");
                                        return found;
                                    });
                    applied(stage);
                });
    }

    private static void asked(Stage stage) throws IOException {
        pool(stage, label(stage), false);
        asks(stage);
        applied(stage);
    }

    private static void asks(Stage stage) throws IOException {
        stage.addNode(1);
        stage.apply(
                stage.manifest("kubeletConfig: {machineConfigPoolSelector: {matchLabels: {" + label(stage) + "}}}"));
    }

    /** The machine config operator works on until all is well. */
    private static void applied(Stage stage) {
        stage.awaitWhile(() -> stage.scene().settle(stage.name()), ConditionType.KubeletConfigured, "True Applied");
    }

    private static String label(Stage stage) {
        return "machineconfiguration.openshift.io: " + stage.name();
    }

    private static void pool(Stage stage, String label, boolean paused) {
        stage.cluster().apiServer().applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: MachineConfigPool
                metadata: {name: %1$s, labels: {%2$s}}
                spec: {nodeSelector: {matchLabels: {pool: %1$s}}, paused: %3$s}
                """.formatted(stage.name(), label, paused));
    }

    private static void byOthers(Stage stage, String content) {
        stage.cluster().apiServer().applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: KubeletConfig
                metadata: {name: %s}
                spec: {kubeletConfig: {%s}}
                """.formatted(OURS + stage.name(), content));
    }
}
