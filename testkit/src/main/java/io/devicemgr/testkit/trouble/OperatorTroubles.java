package io.devicemgr.testkit.trouble;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** What goes wrong with specs, rollouts, deletion, and the operator itself. */
final class OperatorTroubles {
    private static final int FORBIDDEN = 403;
    private static final String BAD_IMAGE = "agent:2";

    private OperatorTroubles() {}

    static List<Trouble> all() {
        return List.of(
                down(),
                forbidden(),
                refused(),
                invalid(),
                conflict(),
                rolledBack(),
                stuck(),
                paused(),
                deletionHangs());
    }

    /** Before any operator has been started. */
    private static Trouble down() {
        return Trouble.of(
                        "operator-down",
                        "no operator works",
                        stage -> {
                            stage.addNode(1);
                            stage.apply(stage.manifest());
                        },
                        stage -> {
                            stage.scene().startOperator();
                            stage.awaitReady();
                        })
                .looking(
                        Look.get("operator-down"),
                        Look.at("get", "lease", "-n", "device-plugin-operator", "device-plugin-operator"));
    }

    private static Trouble forbidden() {
        return Trouble.of(
                "forbidden",
                "the operator lacks a right",
                stage -> {
                    stage.cluster()
                            .apiServer()
                            .failNext(
                                    Integer.MAX_VALUE,
                                    request -> request.verb().equals("patch")
                                            && request.resource().equals("daemonsets")
                                            && request.name().equals("devicemgr-forbidden"),
                                    FORBIDDEN,
                                    0);
                    stage.addNode(1);
                    stage.apply(stage.manifest());
                    stage.awaitProblem("FailedCreate");
                },
                stage -> {
                    stage.cluster().apiServer().clearFaults();
                    stage.awaitReady();
                });
    }

    private static Trouble refused() {
        return Trouble.of(
                        "schema-refused",
                        "the API server refuses the spec",
                        stage -> Files.writeString(
                                stage.cluster().directory().resolve("schema-refused.yaml"),
                                stage.manifest()
                                        .replace(Stage.RESOURCE, "serial")
                                        .replace("/dev/ttyUSB*", "ttyUSB*")),
                        Stage::ready)
                .looking(Look.at("apply", "-f", "~/schema-refused.yaml"));
    }

    private static Trouble invalid() {
        return Trouble.of(
                "spec-invalid",
                "the spec cannot work",
                stage -> {
                    stage.ready();
                    stage.apply(stage.manifest("agent: {extraVolumeMounts: [{name: tools, mountPath: /opt/tools}]}"));
                    stage.await(ConditionType.SpecValid, ConditionReason.Invalid, "tools");
                },
                stage -> {
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                });
    }

    private static Trouble conflict() {
        String newer = "conflict-newer";
        return Trouble.of(
                        "conflict",
                        "two deployments want one resource on one node",
                        stage -> {
                            stage.ready();
                            stage.apply(stage.other(newer));
                            stage.await(newer, ConditionType.SpecValid, ConditionReason.ResourceConflict, "conflict");
                        },
                        stage -> stage.delete(newer))
                .looking(Look.get(newer), Look.describe(newer));
    }

    private static Trouble rolledBack() {
        return Trouble.of(
                "rolled-back",
                "a change is taken back",
                stage -> {
                    changed(stage, "rollout: {canary: {soakSeconds: 1}, progressDeadlineSeconds: 2}");
                    stage.await(ConditionType.RolloutComplete, ConditionReason.RolledBack, "is back on every node");
                    stage.await("agents ready", d -> d.getStatus().nodes().ready() == 2);
                },
                OperatorTroubles::corrected);
    }

    private static Trouble stuck() {
        return Trouble.of(
                "rollout-stuck",
                "a change stops half-way",
                stage -> {
                    changed(stage, "rollout: {canary: {soakSeconds: 1}, progressDeadlineSeconds: 2, onFailure: Pause}");
                    stage.await(ConditionType.RolloutComplete, ConditionReason.DeadlineExceeded, "");
                    stage.awaitProblem("CrashLoopBackOff");
                },
                OperatorTroubles::corrected);
    }

    private static Trouble paused() {
        return Trouble.of(
                "rollout-paused",
                "a change does not begin",
                stage -> {
                    changed(stage, "rollout: {paused: true}");
                    stage.await(ConditionType.RolloutComplete, ConditionReason.Paused, "");
                },
                OperatorTroubles::corrected);
    }

    /** Two nodes that are ready, and a new image that does not work. */
    private static void changed(Stage stage, String rollout) throws IOException {
        stage.cluster().images().add(BAD_IMAGE, stage.scene().agent().after("echo no such driver; exit 3"));
        stage.addNode(1);
        stage.addNode(1);
        stage.apply(stage.manifest());
        stage.awaitReady();
        stage.apply(stage.manifest("agent: {image: \"" + BAD_IMAGE + "\"}")
                .replace("rollout: {strategy: AllAtOnce}", rollout));
    }

    private static void corrected(Stage stage) {
        stage.apply(stage.manifest());
        stage.awaitReady();
    }

    private static Trouble deletionHangs() {
        return Trouble.of(
                "deletion-hangs",
                "a deployment does not go",
                stage -> {
                    stage.ready();
                    stage.machine().powerOff();
                    stage.delete(stage.name());
                    stage.await(ConditionType.Ready, ConditionReason.Deleting, "");
                },
                stage -> {
                    stage.machine().powerOn();
                    stage.awaitGone();
                });
    }
}
