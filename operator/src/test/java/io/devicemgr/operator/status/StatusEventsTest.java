package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusEventsTest {
    private final Scene scene = new Scene();

    @Test
    void aRolloutIsAnnouncedAndConcluded() {
        DevicePluginDeploymentStatus first = scene.node("w-1", true, 0).status();
        assertThat(reasons(StatusEvents.between(null, first, "lab"))).containsExactly("Normal RevisionApplied");

        DevicePluginDeploymentStatus second = scene.worker("w-1", 1).status();
        assertThat(reasons(StatusEvents.between(first, second, "lab"))).containsExactly("Normal RolloutComplete");
    }

    @Test
    void aRolloutThatWasQuickerThanTheStatusIsConcludedAllTheSame() {
        DevicePluginDeploymentStatus empty = scene.status();
        DevicePluginDeploymentStatus whole = scene.worker("w-1", 1).status();

        assertThat(reasons(StatusEvents.between(empty, whole, "lab"))).containsExactly("Normal RolloutComplete");
    }

    @Test
    void whatStaysDeservesNoEvent() {
        scene.node("w-1", true, 0)
                .agent("w-1", "rev", true)
                .report("w-1", "rev", List.of(Scene.missing("tty0", Scene.START)));
        DevicePluginDeploymentStatus before = scene.status();

        assertThat(StatusEvents.between(before, scene.status(), "lab")).isEmpty();
    }

    @Test
    void devicesThatTurnUnhealthyAreOneWarningAndOneForEachNode() {
        DevicePluginDeploymentStatus before =
                scene.worker("w-1", 2).worker("w-2", 1).status();
        scene.report("w-1", "rev", List.of(Scene.missing("tty0", Scene.START), Scene.missing("tty1", Scene.START)));
        scene.report("w-2", "rev", List.of(Scene.missing("tty0", Scene.START)));

        List<StatusEvent> events = StatusEvents.between(before, scene.status(), "lab");

        assertThat(events).extracting(StatusEvent::node).containsExactly(null, "w-1", "w-2");
        assertThat(reasons(events)).containsOnly("Warning DeviceUnhealthy");
        assertThat(events.get(1).message())
                .isEqualTo("/dev/tty0 of example.com/serial is unhealthy: Missing; /dev/tty1 of example.com/serial is"
                        + " unhealthy: Missing (DevicePluginDeployment lab)");
    }

    @Test
    void aDeviceThatComesBackIsGoodNews() {
        scene.worker("w-1", 1).node("w-1", true, 0).report("w-1", "rev", List.of(Scene.missing("tty0", Scene.START)));
        DevicePluginDeploymentStatus before = scene.status();
        scene.worker("w-1", 1);

        assertThat(reasons(StatusEvents.between(before, scene.status(), "lab")))
                .containsExactly("Normal DeviceHealthy", "Normal DeviceHealthy");
    }

    @Test
    void aDeviceWhoseAgentWentAwayHasNotRecovered() {
        scene.worker("w-1", 1).report("w-1", "rev", List.of(Scene.missing("tty0", Scene.START)));
        DevicePluginDeploymentStatus before = scene.status();
        scene.pods.clear();

        assertThat(reasons(StatusEvents.between(before, scene.status(), "lab"))).doesNotContain("Normal DeviceHealthy");
    }

    @Test
    void aListThatWasCutIsOnlyCounted() {
        DevicePluginDeploymentStatus before = scene.worker("w-1", 60).status();
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            devices.add(Scene.missing("tty" + i, Scene.START));
        }
        scene.report("w-1", "rev", devices);

        assertThat(StatusEvents.between(before, scene.status(), "lab"))
                .extracting(StatusEvent::message)
                .containsExactly("60 devices are unhealthy");
    }

    /** Whatever happens at once: a word on the deployment, and one on each of a few nodes. */
    @Test
    void aThousandDevicesAreNotAThousandEvents() {
        for (int i = 0; i < 40; i++) {
            scene.worker("w-" + i, 25);
        }
        DevicePluginDeploymentStatus before = scene.status();
        for (int i = 0; i < 40; i++) {
            List<Device> devices = new ArrayList<>();
            for (int j = 0; j < 25; j++) {
                devices.add(Scene.missing("tty" + j, Scene.START));
            }
            scene.report("w-" + i, "rev", devices);
        }

        assertThat(StatusEvents.between(before, scene.status(), "lab"))
                .containsExactly(new StatusEvent(true, "DeviceUnhealthy", "1000 devices are unhealthy", null));
    }

    @Test
    void anAgentThatIsUnavailableIsAWarningOnce() {
        DevicePluginDeploymentStatus before =
                scene.worker("w-1", 1).worker("w-2", 1).status();
        scene.node("w-1", false, 1).agent("w-1", "rev", false);
        scene.node("w-2", false, 1).agent("w-2", "rev", false);
        DevicePluginDeploymentStatus after = scene.status();

        assertThat(StatusEvents.between(before, after, "lab"))
                .containsExactly(
                        new StatusEvent(true, "NodeNotReady", "agent on w-1, w-2: the node is not ready", null));
        assertThat(StatusEvents.between(after, scene.status(), "lab")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Canary, NodeFailed, Warning NodeFailed",
        "RollingOut, NodeFailed, Warning NodeFailed",
        "RollingOut, DeadlineExceeded, Warning DeadlineExceeded",
        "Soaking, RolledBack, Warning RolledBack",
        "Canary, RollingOut, Normal Promoted",
        "Soaking, RollingOut, Normal Promoted",
        "Soaking, Complete, Normal RolloutComplete",
    })
    void aRolloutThatTurnsIsTold(ConditionReason before, ConditionReason now, String event) {
        DevicePluginDeploymentStatus status = scene.worker("w-1", 1).status();

        assertThat(reasons(StatusEvents.between(rolling(status, before), rolling(status, now), "lab")))
                .containsExactly(event);
    }

    private static DevicePluginDeploymentStatus rolling(DevicePluginDeploymentStatus status, ConditionReason phase) {
        String value = phase == ConditionReason.Complete ? "True" : "False";
        List<Condition> conditions = status.conditions().stream()
                .map(condition -> ConditionType.RolloutComplete.name().equals(condition.getType())
                        ? new ConditionBuilder(condition)
                                .withStatus(value)
                                .withReason(phase.name())
                                .build()
                        : condition)
                .toList();
        return new DevicePluginDeploymentStatus(
                status.observedGeneration(),
                conditions,
                status.summary(),
                status.nodes(),
                status.devices(),
                status.resources(),
                status.rollout(),
                status.kubeletConfig(),
                status.unhealthyDevices(),
                status.nodeProblems(),
                status.truncated());
    }

    private static List<String> reasons(List<StatusEvent> events) {
        return events.stream()
                .map(event -> (event.warning() ? "Warning " : "Normal ") + event.reason())
                .toList();
    }
}
