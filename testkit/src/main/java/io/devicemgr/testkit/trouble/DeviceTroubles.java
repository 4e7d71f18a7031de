package io.devicemgr.testkit.trouble;

import static io.devicemgr.testkit.trouble.Stage.device;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.sandbox.Statuses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What goes wrong with devices. */
final class DeviceTroubles {
    private static final int FLAPS = 3;

    private DeviceTroubles() {}

    static List<Trouble> all() {
        return List.of(
                noDevice(),
                notADevice(),
                claimedTwice(),
                offeredTwice(),
                unplugged(),
                replaced(),
                probeFails(),
                flapping());
    }

    private static Trouble noDevice() {
        return Trouble.of(
                        "no-device",
                        "a selector finds nothing",
                        stage -> {
                            stage.addNode(0);
                            stage.apply(stage.manifest());
                            stage.await(ConditionType.DevicesHealthy, ConditionReason.NoDevices, "NoMatch");
                            stage.awaitReady();
                        },
                        stage -> {
                            stage.machine().devices().plug(device(0), machine(0));
                            stage.awaitDevices(1);
                        })
                .looking(Look.get("no-device"), Look.describe("no-device", ConditionType.DevicesHealthy.name()));
    }

    private static Trouble notADevice() {
        return Trouble.of(
                        "not-a-device",
                        "a file stands where the device should be",
                        stage -> {
                            stage.addNode(0);
                            Files.writeString(file(stage), "");
                            stage.apply(stage.manifest());
                            stage.await(ConditionType.DevicesHealthy, ConditionReason.NoDevices, "NotADevice");
                            stage.awaitReady();
                        },
                        stage -> {
                            Files.delete(file(stage));
                            stage.machine().devices().plug(device(0), machine(0));
                            stage.awaitDevices(1);
                        })
                .looking(Look.get("not-a-device"), Look.describe("not-a-device", ConditionType.DevicesHealthy.name()));
    }

    private static Path file(Stage stage) {
        return stage.machine().hostPath(device(0));
    }

    private static Trouble claimedTwice() {
        String second = "- name: example.com/modem";
        return Trouble.of(
                "claimed-twice",
                "two resources of one deployment select the same device",
                stage -> {
                    stage.addNode(1);
                    stage.apply(stage.manifest(second, "  discover:", "  - path: {glob: /dev/ttyUSB0}"));
                    stage.awaitProblem("ResourceIncomplete");
                },
                stage -> {
                    stage.machine().devices().plug("/dev/ttyACM0", machine(1));
                    stage.apply(stage.manifest(second, "  discover:", "  - path: {glob: /dev/ttyACM0}"));
                    stage.awaitDevices(2);
                });
    }

    private static Trouble offeredTwice() {
        String other = "offered-twice-too";
        return Trouble.of(
                "offered-twice",
                "two deployments offer the same device",
                stage -> {
                    stage.ready();
                    stage.apply(stage.other(other).replace(Stage.RESOURCE, "example.com/modem"));
                    stage.awaitProblem("DeviceOfferedTwice");
                    stage.awaitReady();
                },
                stage -> {
                    stage.delete(other);
                    stage.await("one offer", d -> d.getStatus().nodeProblems().isEmpty());
                });
    }

    private static Trouble unplugged() {
        return Trouble.of(
                "unplugged",
                "a device is gone that a pod holds",
                stage -> {
                    stage.addNode(1);
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                    consumes(stage, "meter-reader");
                    stage.machine().devices().unplug(device(0));
                    stage.awaitUnhealthy("Missing");
                },
                stage -> {
                    stage.machine().devices().replug(device(0));
                    stage.awaitReady();
                });
    }

    private static void consumes(Stage stage, String pod) {
        stage.consumer(pod, "nodeSelector: {pool: " + stage.name() + "}");
        stage.awaitPod(pod, p -> "Running".equals(p.getStatus().getPhase()));
        stage.await("allocated", d -> d.getStatus().devices().allocated() == 1);
    }

    private static Trouble replaced() {
        return Trouble.of(
                "replaced",
                "another device has taken the place of one that a pod holds",
                stage -> {
                    stage.addNode(1);
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                    consumes(stage, "old-reader");
                    stage.machine().devices().unplug(device(0));
                    stage.machine().devices().plug(device(0), machine(1));
                    stage.awaitUnhealthy("Replaced");
                },
                stage -> {
                    stage.client()
                            .pods()
                            .inNamespace("default")
                            .withName("old-reader")
                            .delete();
                    stage.awaitReady();
                });
    }

    private static Trouble probeFails() {
        return Trouble.of(
                "probe-fails",
                "a device is there and does not work",
                stage -> {
                    stage.addNode(1);
                    probe(stage, "echo no answer from slot 0; exit 2");
                    stage.awaitUnhealthy("CommandFailed");
                },
                stage -> {
                    probe(stage, "exit 0");
                    stage.awaitReady();
                });
    }

    private static void probe(Stage stage, String shell) {
        stage.apply(stage.manifest(
                "  health:",
                "    periodSeconds: 5",
                "    failureThreshold: 1",
                "    probes:",
                "    - command: {command: [/bin/sh, -c, \"" + shell + "\"]}"));
    }

    private static Trouble flapping() {
        return Trouble.of(
                "flapping",
                "a device comes and goes",
                stage -> {
                    stage.addNode(2);
                    stage.apply(stage.manifest());
                    stage.awaitReady();
                    for (int i = 0; i < FLAPS; i++) {
                        stage.machine().devices().unplug(device(0));
                        stage.await("gone", d -> Statuses.lists(d, stage.node(), device(0)));
                        stage.machine().devices().replug(device(0));
                        stage.awaitReady();
                    }
                    stage.awaitEvents("DeviceUnhealthy", FLAPS);
                },
                Stage::awaitReady);
    }

    static Path machine(int number) {
        return DeviceTree.machineDevices().get(number);
    }
}
