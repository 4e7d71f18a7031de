package io.devicemgr.testkit.trouble;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.PodRefusal;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import java.util.List;

/** What keeps agents from their nodes. */
final class AgentTroubles {
    private AgentTroubles() {}

    static List<Trouble> all() {
        return List.of(
                image(),
                crashes(),
                refused("pod-security", PodRefusal.POD_SECURITY, "PodSecurityForbidden"),
                refused("scc", PodRefusal.SECURITY_CONTEXT_CONSTRAINT, "SCCForbidden"),
                noNode(),
                tainted(),
                nodeDown());
    }

    private static Trouble image() {
        return Trouble.of(
                "image-missing",
                "the agent's image cannot be pulled",
                stage -> {
                    stage.addNode(1);
                    stage.apply(stage.manifest("agent: {image: \"registry.example.com/agent:1.O\"}"));
                    stage.awaitProblem("ImagePullBackOff");
                },
                stage -> {
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                });
    }

    private static Trouble crashes() {
        return Trouble.of(
                "agent-crashes",
                "a container of the agent's pod ends again and again",
                stage -> {
                    stage.cluster()
                            .images()
                            .add("driver:2.4", stage.scene().agent().after("echo no such module: hsm; exit 3"));
                    stage.addNode(1);
                    stage.apply(stage.manifest("agent: {image: \"driver:2.4\"}"));
                    stage.awaitProblem("CrashLoopBackOff");
                },
                stage -> {
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                });
    }

    private static Trouble refused(String name, PodRefusal refusal, String reason) {
        return Trouble.of(
                name,
                "admission refuses the agents' pods",
                stage -> {
                    stage.cluster().daemonSets().refusePods("devicemgr-" + name, refusal);
                    stage.addNode(1);
                    stage.apply(stage.manifest());
                    stage.awaitProblem(reason);
                },
                stage -> {
                    stage.cluster().daemonSets().refusePods("devicemgr-" + name, null);
                    stage.awaitReady();
                });
    }

    private static Trouble noNode() {
        return Trouble.of(
                        "no-node",
                        "the placement selects no node",
                        stage -> {
                            stage.apply(stage.manifest());
                            stage.await(ConditionType.AgentsReady, ConditionReason.NoMatchingNodes, "nodeSelector");
                        },
                        stage -> {
                            stage.addNode(1);
                            stage.awaitDevices(1);
                        })
                .looking(Look.get("no-node"), Look.describe("no-node", ConditionType.AgentsReady.name()));
    }

    private static Trouble tainted() {
        return Trouble.of(
                        "tainted",
                        "a taint keeps the agents away",
                        stage -> {
                            stage.addNode(1);
                            taints(
                                    stage,
                                    List.of(new TaintBuilder()
                                            .withKey("dedicated")
                                            .withValue("video")
                                            .withEffect("NoSchedule")
                                            .build()));
                            stage.apply(stage.manifest()
                                    .replace(
                                            "placement: {",
                                            "placement: {tolerations: [{key: maintenance, operator: Exists}], "));
                            stage.await(ConditionType.AgentsReady, ConditionReason.NoMatchingNodes, "dedicated");
                        },
                        stage -> {
                            taints(stage, List.of());
                            stage.awaitDevices(1);
                        })
                .looking(Look.get("tainted"), Look.describe("tainted", ConditionType.AgentsReady.name()));
    }

    private static void taints(Stage stage, List<Taint> taints) {
        stage.client().nodes().withName(stage.node()).edit(node -> {
            node.getSpec().setTaints(taints);
            return node;
        });
    }

    private static Trouble nodeDown() {
        return Trouble.of(
                "node-not-ready",
                "a node is not ready",
                stage -> {
                    stage.ready();
                    stage.machine().powerOff();
                    stage.awaitProblem("NodeNotReady");
                },
                stage -> {
                    stage.machine().powerOn();
                    stage.awaitReady();
                });
    }
}
