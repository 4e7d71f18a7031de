package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.NothingFound;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusCalculatorTest {
    private final Scene scene = new Scene();

    @Test
    void aFleetThatWorksIsReadyAndEveryConditionSaysSo() {
        DevicePluginDeploymentStatus status =
                scene.worker("w-1", 2).worker("w-2", 1).status();

        assertThat(status.conditions())
                .extracting(Condition::getType)
                .containsExactly(
                        Arrays.stream(ConditionType.values()).map(Enum::name).toArray(String[]::new));
        assertThat(Scene.reasons(status))
                .containsEntry("Ready", "True AllDevicesReady")
                .containsEntry("SpecValid", "True Valid")
                .containsEntry("KubeletConfigured", "True NotRequested")
                .containsEntry("AgentsReady", "True AllAgentsReady")
                .containsEntry("RolloutComplete", "True Complete")
                .containsEntry("DevicesHealthy", "True AllHealthy")
                .containsEntry("Advertised", "True InSync");
        assertThat(status.conditions())
                .allSatisfy(condition ->
                        assertThat(condition.getObservedGeneration()).isEqualTo(3));
        assertThat(status.observedGeneration()).isEqualTo(3);
        assertThat(status.summary())
                .isEqualTo(new DevicePluginDeploymentStatus.Summary(Scene.SERIAL, "2/2", "3/3", "agent:1"));
        assertThat(status.nodes()).isEqualTo(new DevicePluginDeploymentStatus.NodeCounts(2, 2, 2));
        assertThat(status.rollout().lastGoodRevision()).isEqualTo("rev");
    }

    @Test
    void devicesAreCountedByHealthAllocationAndResource() {
        scene.node("w-1", true, 1)
                .agent("w-1", "rev", true)
                .report(
                        "w-1",
                        "rev",
                        List.of(
                                Scene.device("a", DeviceHealth.Healthy, DeviceReason.Present, Scene.START, true),
                                Scene.missing("b", Scene.START)));

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(status.devices()).isEqualTo(new DevicePluginDeploymentStatus.DeviceCounts(2, 1, 1, 1));
        assertThat(status.resources())
                .containsExactly(new DevicePluginDeploymentStatus.ResourceCounts(Scene.SERIAL, 2, 1, 1, 1));
    }

    @Test
    void aReportThatLeavesDevicesOutIsCountedInFull() {
        Resource counted = new Resource(Scene.SERIAL, true, true, Scene.at(Scene.START), null, 10_000, 9_999, 3, null);
        List<Device> listed = List.of(Scene.missing("b", Scene.START));
        scene.node("w-1", true, 9_999)
                .agent("w-1", "rev", true)
                .report("w-1", "rev", KubeletSocket.Present, counted, listed);

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(status.devices()).isEqualTo(new DevicePluginDeploymentStatus.DeviceCounts(10_000, 9_999, 1, 3));
        assertThat(status.resources())
                .containsExactly(
                        new DevicePluginDeploymentStatus.ResourceCounts(Scene.SERIAL, 10_000, 9_999, 3, 9_999));
        assertThat(status.summary().devices()).isEqualTo("9999/10000");
        assertThat(Scene.reasons(status)).containsEntry("Advertised", "True InSync");
    }

    @Test
    void withoutDevicesItIsReadyAndSaysSo() {
        scene.worker("w-1", 0).worker("w-2", 0);
        DevicePluginDeploymentStatus status = scene.status();

        assertThat(Scene.reasons(status)).containsEntry("Ready", "True NoDevices");
        assertThat(Scene.condition(status, ConditionType.Ready).getMessage()).startsWith("no devices were found");
    }

    @Test
    void withoutNodesItIsReadyAndSaysWhy() {
        assertThat(Scene.reasons(scene.status()))
                .containsEntry("Ready", "True NoMatchingNodes")
                .containsEntry("AgentsReady", "True NoMatchingNodes")
                .containsEntry("DevicesHealthy", "True NoDevices");
    }

    @Test
    void anUnhealthyDeviceIsNamedWithItsNodeAndSince() {
        scene.worker("w-1", 2).worker("w-3", 1);
        scene.node("w-3", true, 0).report("w-3", "rev", List.of(Scene.missing("ttyUSB0", Scene.START)));

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(Scene.reasons(status))
                .containsEntry("Ready", "False SomeUnhealthy")
                .containsEntry("DevicesHealthy", "False SomeUnhealthy")
                .containsEntry("Advertised", "True InSync");
        assertThat(Scene.condition(status, ConditionType.DevicesHealthy).getMessage())
                .isEqualTo("1/3 devices unhealthy on 1/2 nodes: w-3 /dev/ttyUSB0 Missing since 2026-11-22T08:00:00Z");
    }

    @Test
    void aDeviceThatAPodHoldsComesFirstAndNamesThePod() {
        scene.worker("w-1", 0)
                .report(
                        "w-1",
                        "rev",
                        List.of(
                                Scene.missing("old", Scene.START.minusSeconds(60)),
                                Scene.device("held", DeviceHealth.Unhealthy, DeviceReason.Missing, Scene.START, true)));

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(status.unhealthyDevices())
                .extracting(DevicePluginDeploymentStatus.UnhealthyDevice::heldBy)
                .containsExactly("default/pod", null);
        assertThat(Scene.condition(status, ConditionType.DevicesHealthy).getMessage())
                .isEqualTo(
                        "2/2 devices unhealthy on 1/1 nodes: w-1 /dev/held Missing since 2026-11-22T08:00:00Z, held by"
                                + " default/pod; w-1 /dev/old Missing since 2026-11-22T07:59:00Z");
    }

    @Test
    void whatSelectorsFindNowhereIsToldAndWhatTheyFindSomewhereIsNot() {
        NothingFound serial = new NothingFound(Scene.SERIAL, "/dev/ttyUSB*", NothingFound.Reason.NoMatch, null);
        NothingFound denied = new NothingFound(
                Scene.SERIAL, "/dev/secret", NothingFound.Reason.PermissionDenied, "let the agent look");
        for (String node : List.of("w-1", "w-2", "w-3")) {
            scene.worker(node, 0).nothingFound(node, node.equals("w-1") ? List.of(serial, denied) : List.of(serial));
        }
        assertThat(Scene.condition(scene.status(), ConditionType.DevicesHealthy).getMessage())
                .isEqualTo(
                        "no devices were found; not found on 3/3 nodes: example.com/serial /dev/ttyUSB* NoMatch; not found"
                                + " on 1/3 nodes: example.com/serial /dev/secret (let the agent look) PermissionDenied");

        scene.worker("w-3", 1);
        assertThat(Scene.condition(scene.status(), ConditionType.DevicesHealthy).getMessage())
                .isEqualTo(
                        "all 1 devices are healthy; not found on 1/3 nodes: example.com/serial /dev/secret (let the agent"
                                + " look) PermissionDenied");
    }

    @Test
    void transitionTimesMoveOnlyWhenAStatusFlips() {
        scene.worker("w-1", 1).status();
        scene.now = Scene.START.plusSeconds(60);
        scene.node("w-1", true, 0).report("w-1", "rev", List.of(Scene.missing("tty0", scene.now)));
        DevicePluginDeploymentStatus broken = scene.status();

        assertThat(Scene.condition(broken, ConditionType.DevicesHealthy).getLastTransitionTime())
                .isEqualTo("2026-11-22T08:01:00Z");
        assertThat(Scene.condition(broken, ConditionType.AgentsReady).getLastTransitionTime())
                .isEqualTo("2026-11-22T08:00:00Z");
    }

    @Test
    void nothingButTimeChangesNothing() {
        scene.worker("w-1", 1);
        scene.node("w-2", true, 0)
                .agent("w-2", "rev", true)
                .report("w-2", "rev", List.of(Scene.missing("tty0", Scene.START)));
        DevicePluginDeploymentStatus before = scene.status();
        scene.now = Scene.START.plus(Duration.ofHours(5));

        assertThat(scene.status()).isEqualTo(before);
    }

    @Test
    void unhealthyDevicesAreListedLongestFirstAndAtMostFifty() {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            devices.add(Scene.missing("tty" + i, Scene.START.minusSeconds(i)));
        }
        scene.node("w-1", true, 0).agent("w-1", "rev", true).report("w-1", "rev", devices);

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(status.unhealthyDevices()).hasSize(50);
        assertThat(status.unhealthyDevices().get(0).id()).isEqualTo("tty59");
        assertThat(status.truncated()).isTrue();
        assertThat(status.devices().unhealthy()).isEqualTo(60);
        assertThat(Scene.condition(status, ConditionType.DevicesHealthy).getMessage())
                .endsWith("and 57 more");
    }

    @Test
    void aReportOfANodeThatIsNotSelectedIsIgnored() {
        scene.worker("w-1", 1).report("w-9", "rev", List.of(Scene.missing("tty0", Scene.START)));

        assertThat(scene.status().devices().total()).isEqualTo(1);
    }

    @Test
    void aConflictMakesItUnreadyThoughTheRestWorks() {
        scene.worker("w-1", 1).violations.add(new Violation(ConditionReason.ResourceConflict, "taken by old on w-1"));

        DevicePluginDeploymentStatus status = scene.status();

        assertThat(Scene.reasons(status))
                .containsEntry("Ready", "False ResourceConflict")
                .containsEntry("SpecValid", "False ResourceConflict")
                .containsEntry("AgentsReady", "True AllAgentsReady");
        assertThat(Scene.condition(status, ConditionType.Ready).getMessage()).isEqualTo("taken by old on w-1");
    }

    @Test
    void withAnInvalidSpecAndNoAgentNothingIsClaimed() {
        scene.node("w-1", true, 0).violations.add(Violation.invalid("wrong"));

        assertThat(Scene.reasons(scene.status()))
                .containsEntry("Ready", "False Invalid")
                .containsEntry("AgentsReady", "Unknown Pending")
                .containsEntry("RolloutComplete", "Unknown Pending")
                .containsEntry("DevicesHealthy", "Unknown Pending")
                .containsEntry("Advertised", "Unknown Pending");
    }

    @Test
    void whenOthersOfferEverythingNothingIsClaimed() {
        scene.node("w-1", true, 0).offersNothing = true;
        scene.violations.add(new Violation(ConditionReason.ResourceConflict, "taken"));

        assertThat(Scene.reasons(scene.status()))
                .containsEntry("Ready", "False ResourceConflict")
                .containsEntry("AgentsReady", "Unknown Pending");
    }
}
