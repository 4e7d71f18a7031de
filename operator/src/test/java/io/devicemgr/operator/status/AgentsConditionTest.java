package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AgentsConditionTest {

    static Stream<Arguments> troubles() {
        return Stream.of(
                trouble("AgentMissing", "there is no agent pod yet", scene -> scene),
                trouble("AgentStarting", "the agent is not ready yet", scene -> scene.agent("w-2", "rev", false)),
                trouble("AgentReplacing", "the agent is being replaced", scene -> scene.goingAgent("w-2")),
                trouble("NodeNotReady", "the node is not ready", scene -> scene.node("w-2", false, 0)),
                trouble(
                        "ImagePullBackOff",
                        "container agent: image agent:1 cannot be pulled: no such image",
                        scene -> scene.failingAgent("w-2", waiting("ImagePullBackOff", "no such image"))),
                trouble(
                        "CreateContainerConfigError",
                        "container agent: no such secret",
                        scene -> scene.failingAgent("w-2", waiting("CreateContainerConfigError", "no such secret"))),
                trouble(
                        "AgentStarting",
                        "the agent is not ready yet",
                        scene -> scene.failingAgent("w-2", waiting("ContainerCreating", null))),
                trouble(
                        "CrashLoopBackOff",
                        "container agent ended with exit code 3: settings are unreadable",
                        scene -> scene.failingAgent("w-2", crashed("settings are unreadable"))),
                trouble(
                        "CrashLoopBackOff",
                        "container agent ended with exit code 3: settings are unreadable",
                        scene -> scene.failingAgent("w-2", runningAgain(crashed("settings are unreadable")))),
                trouble("FailedCreate", "pods are forbidden: no SCC", scene -> {
                    scene.failedCreates.add("pods are forbidden: no SCC");
                    return scene;
                }),
                trouble(
                        "RegistrationRefused",
                        "example.com/serial: invalid endpoint",
                        scene -> scene.agent("w-2", "rev", false)
                                .report(
                                        "w-2",
                                        "rev",
                                        KubeletSocket.Present,
                                        new Resource(
                                                Scene.SERIAL,
                                                false,
                                                null,
                                                null,
                                                "invalid endpoint",
                                                null,
                                                null,
                                                null,
                                                null),
                                        List.of())));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void theNodeAndTheTroubleAreNamed(String reason, String message, UnaryOperator<Scene> trouble) {
        DevicePluginDeploymentStatus status =
                trouble.apply(new Scene().worker("w-1", 1).node("w-2", true, 0)).status();

        assertThat(Scene.reasons(status)).containsEntry("AgentsReady", "False AgentsUnavailable");
        assertThat(status.nodeProblems()).containsExactly(new NodeProblem("w-2", reason, message));
        assertThat(Scene.condition(status, ConditionType.AgentsReady).getMessage())
                .isEqualTo("1/2 agents are not ready: w-2 " + reason + " (" + message + ")");
    }

    @Test
    void aMissingKubeletSocketHasAReasonOfItsOwn() {
        DevicePluginDeploymentStatus status = new Scene()
                .worker("w-1", 0)
                .agent("w-1", "rev", false)
                .report(
                        "w-1",
                        "rev",
                        KubeletSocket.Missing,
                        new Resource(Scene.SERIAL, false, null, null, "no socket", null, null, null, null),
                        List.of())
                .status();

        assertThat(Scene.reasons(status)).containsEntry("AgentsReady", "False DeviceManagerSocketMissing");
        assertThat(Scene.condition(status, ConditionType.AgentsReady).getMessage())
                .contains("/var/lib/kubelet/device-plugins/kubelet.sock");
    }

    @Test
    void whatOnlyTimeWillCureComesLast() {
        DevicePluginDeploymentStatus status = new Scene()
                .node("w-1", true, 0)
                .agent("w-1", "rev", false)
                .node("w-2", true, 0)
                .failingAgent("w-2", waiting("ImagePullBackOff", "no such image"))
                .status();

        assertThat(status.nodeProblems()).extracting(NodeProblem::node).containsExactly("w-2", "w-1");
    }

    @Test
    void nodesWithTheSameTroubleAreToldTogether() {
        Scene scene = new Scene();
        for (int i = 1; i <= 5; i++) {
            scene.node("w-" + i, true, 0).failingAgent("w-" + i, waiting("InvalidImageName", "couldn't parse"));
        }
        scene.node("w-6", false, 0);

        assertThat(Scene.condition(scene.status(), ConditionType.AgentsReady).getMessage())
                .isEqualTo(
                        "6/6 agents are not ready: w-1, w-2, w-3 and 2 more InvalidImageName (container agent: couldn't"
                                + " parse); w-6 NodeNotReady (the node is not ready)");
    }

    private static Arguments trouble(String reason, String message, UnaryOperator<Scene> trouble) {
        return Arguments.of(reason, message, trouble);
    }

    private static ContainerStatus waiting(String reason, String message) {
        return new ContainerStatusBuilder()
                .withName("agent")
                .withImage("agent:1")
                .withRestartCount(2)
                .withNewState()
                .withNewWaiting(message, reason)
                .endState()
                .build();
    }

    private static ContainerStatus crashed(String said) {
        return new ContainerStatusBuilder(waiting("CrashLoopBackOff", "back-off 40s restarting failed container"))
                .withNewLastState()
                .withNewTerminated()
                .withExitCode(3)
                .withMessage(said)
                .endTerminated()
                .endLastState()
                .build();
    }

    private static ContainerStatus runningAgain(ContainerStatus crashed) {
        return new ContainerStatusBuilder(crashed)
                .withReady(false)
                .withNewState()
                .withNewRunning("2026-11-22T00:00:00Z")
                .endState()
                .build();
    }
}
