package io.devicemgr.testkit.trouble;

import static io.devicemgr.testkit.trouble.Stage.device;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What goes wrong between agent and kubelet. */
final class KubeletTroubles {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Map<Stage, OtherPlugin> OTHERS = new ConcurrentHashMap<>();

    private KubeletTroubles() {}

    static List<Trouble> all() {
        return List.of(noSocket(), refusing(), otherPlugin(), outOfSync());
    }

    private static Trouble noSocket() {
        return Trouble.of(
                "kubelet-socket",
                "the kubelet does not run, or not where it is looked for",
                stage -> {
                    stage.ready();
                    stage.machine().kubelet().faults().deleteKubeletSocket();
                    stage.await(ConditionType.AgentsReady, ConditionReason.DeviceManagerSocketMissing, "");
                },
                stage -> {
                    stage.machine().kubelet().restart();
                    stage.awaitReady();
                });
    }

    private static Trouble refusing() {
        return Trouble.of(
                "registration-refused",
                "the kubelet refuses the agent",
                stage -> {
                    stage.addNode(1)
                            .kubelet()
                            .faults()
                            .rejectRegistrations(
                                    Integer.MAX_VALUE, "failed to dial device plugin: context deadline exceeded");
                    stage.apply(stage.manifest());
                    stage.awaitProblem("RegistrationRefused");
                },
                stage -> {
                    stage.machine().kubelet().faults().rejectRegistrations(0, "");
                    stage.awaitReady();
                });
    }

    private static Trouble otherPlugin() {
        return Trouble.of(
                "other-plugin",
                "somebody else's device plugin offers the resource",
                stage -> {
                    stage.ready();
                    OTHERS.put(stage, OtherPlugin.start(stage.machine().kubelet(), Stage.RESOURCE, "gadget0"));
                    stage.await(ConditionType.Advertised, ConditionReason.KubeletOutOfSync, "advertises 1");
                },
                stage -> {
                    OTHERS.remove(stage).close();
                    stage.deleteAgents();
                    stage.awaitReady();
                });
    }

    private static Trouble outOfSync() {
        return Trouble.of(
                "out-of-sync",
                "a node advertises another number than its agent offers",
                stage -> {
                    // The agent hears that all is well; what does not get through is the node's status.
                    stage.addNode(2, kubelet -> kubelet.withStatusInterval(NEVER));
                    stage.apply(stage.manifest());
                    stage.awaitWhile(
                            () -> stage.machine().kubelet().statusTick(), ConditionType.Ready, "True AllDevicesReady");
                    stage.machine().devices().plug(device(2), DeviceTroubles.machine(2));
                    stage.await(ConditionType.Advertised, ConditionReason.KubeletOutOfSync, "");
                },
                stage -> {
                    stage.awaitWhile(
                            () -> stage.machine().kubelet().statusTick(), ConditionType.Ready, "True AllDevicesReady");
                });
    }
}
