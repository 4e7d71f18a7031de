package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import org.junit.jupiter.api.Test;

class OtherPluginsTest {
    private final Scene scene = new Scene();

    @Test
    void aPluginThatHasTakenTheAgentsPlaceIsNamedWithNodeAndResourceUntilItGoes() {
        scene.worker("w-1", 2).status();
        scene.report("w-1", "rev", KubeletSocket.Present, registered(true, false), Scene.healthy(2));
        assertThat(scene.status().nodeProblems()).isEmpty();

        scene.now = scene.now.plus(OtherPlugins.GRACE);
        DevicePluginDeploymentStatus status = scene.status();
        assertThat(status.nodeProblems()).singleElement().satisfies(problem -> {
            assertThat(problem.node()).isEqualTo("w-1");
            assertThat(problem.reason()).isEqualTo("OtherPlugin");
            assertThat(problem.message()).contains(Scene.SERIAL).contains("another device plugin offers it there");
        });
        assertThat(Scene.condition(status, ConditionType.Advertised).getStatus())
                .isEqualTo("False");

        scene.worker("w-1", 2);
        assertThat(scene.status().nodeProblems()).isEmpty();
        assertThat(Scene.reasons(scene.status())).containsEntry("Ready", "True AllDevicesReady");
    }

    @Test
    void aNodeThatAdvertisesWhatTheAgentHasNotRegisteredHasAnotherPlugin() {
        scene.worker("w-1", 2).agent("w-1", "rev", false);
        scene.report("w-1", "rev", KubeletSocket.Present, registered(false, null), Scene.healthy(2));
        scene.status();
        scene.now = scene.now.plus(OtherPlugins.GRACE);

        assertThat(scene.status().nodeProblems())
                .extracting(NodeProblem::reason)
                .contains("OtherPlugin");
    }

    @Test
    void whatADeadNodeAdvertisesIsNotLookedAt() {
        scene.worker("w-1", 2).node("w-1", false, 2);
        scene.report("w-1", "rev", KubeletSocket.Present, registered(true, false), Scene.healthy(2));
        scene.status();
        scene.now = scene.now.plus(OtherPlugins.GRACE);

        assertThat(scene.status().nodeProblems())
                .extracting(NodeProblem::reason)
                .doesNotContain("OtherPlugin");
    }

    @Test
    void whatAReadyAgentDoesNotOfferIsToldInItsWordsAndBlamesNoAgent() {
        String words = "/dev/tty2 is already offered as example.com/other";
        scene.worker("w-1", 2)
                .report(
                        "w-1",
                        "rev",
                        KubeletSocket.Present,
                        new Resource(Scene.SERIAL, true, true, Scene.at(Scene.START), words, null, null, null, 2),
                        Scene.healthy(2));
        assertThat(scene.status().nodeProblems()).isEmpty();

        scene.now = scene.now.plus(IncompleteResources.GRACE);
        DevicePluginDeploymentStatus status = scene.status();
        assertThat(status.nodeProblems())
                .containsExactly(new NodeProblem("w-1", "ResourceIncomplete", Scene.SERIAL + ": " + words));
        assertThat(Scene.reasons(status)).containsEntry("Ready", "True AllDevicesReady");

        scene.worker("w-1", 2);
        assertThat(scene.status().nodeProblems()).isEmpty();
    }

    @Test
    void aSharedDeviceIsToldAndBlamesNoAgent() {
        scene.worker("w-1", 2);
        scene.sharedDevices.add(new NodeProblem("w-1", "DeviceOfferedTwice", "/dev/tty0 ..."));
        DevicePluginDeploymentStatus status = scene.status();

        assertThat(status.nodeProblems()).isEqualTo(scene.sharedDevices);
        assertThat(Scene.reasons(status)).containsEntry("Ready", "True AllDevicesReady");
    }

    private static Resource registered(boolean registered, Boolean verified) {
        return new Resource(
                Scene.SERIAL, registered, verified, Scene.at(Scene.START), null, null, null, null, registered ? 2 : 0);
    }
}
