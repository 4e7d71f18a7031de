package io.devicemgr.testkit.trouble;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** What users see of it: pods that ask for devices. */
final class PodTroubles {
    private PodTroubles() {}

    static List<Trouble> all() {
        return List.of(pending(), refused());
    }

    private static Trouble pending() {
        return Trouble.of(
                        "pod-pending",
                        "a pod waits for a device",
                        stage -> {
                            stage.addNode(1);
                            stage.apply(stage.manifest());
                            stage.awaitReady();
                            stage.consumer("first", selector(stage));
                            stage.awaitPod("first", p -> phase(p).equals("Running"));

                            stage.await(
                                    "allocated", d -> d.getStatus().devices().allocated() == 1);

                            stage.consumer("pod-pending", selector(stage));
                            stage.awaitPod(
                                    "pod-pending",
                                    p -> !p.getStatus().getConditions().isEmpty());
                        },
                        stage -> {
                            stage.client()
                                    .pods()
                                    .inNamespace("default")
                                    .withName("first")
                                    .delete();
                            stage.awaitPod("pod-pending", p -> phase(p).equals("Running"));
                        })
                .looking(
                        Look.at("get", "pod", "pod-pending"),
                        Look.at("get", "pod", "pod-pending", "-o", "jsonpath={.status.conditions[*].message}"),
                        Look.at("get", "dpd", "pod-pending", "-o", "wide"),
                        Look.at(
                                "get",
                                "ndr",
                                "pod-pending.pod-pending-1",
                                "-o",
                                "jsonpath={range .status.devices[*]}{.id} {.health} {.allocatedTo[*].pod}{end}"));
    }

    private static Trouble refused() {
        return Trouble.of(
                        "pod-refused",
                        "the kubelet refuses a pod that was scheduled",
                        stage -> {
                            stage.addNode(1);
                            stage.apply(stage.manifest());
                            stage.awaitReady();
                            stage.consumer("holder", selector(stage));
                            stage.awaitPod("holder", p -> phase(p).equals("Running"));
                            stage.consumer("pod-refused", "nodeName: " + stage.node());
                            stage.awaitPod("pod-refused", p -> phase(p).equals("Failed"));
                        },
                        stage -> {
                            stage.client()
                                    .pods()
                                    .inNamespace("default")
                                    .withName("pod-refused")
                                    .delete();
                            stage.awaitReady();
                        })
                .looking(
                        Look.at("get", "pod", "pod-refused"),
                        Look.at("get", "pod", "pod-refused", "-o", "jsonpath={.status.message}"),
                        Look.get("pod-refused"));
    }

    private static String selector(Stage stage) {
        return "nodeSelector: {pool: " + stage.name() + "}";
    }

    private static String phase(Pod pod) {
        return pod.getStatus().getPhase() == null ? "" : pod.getStatus().getPhase();
    }
}
