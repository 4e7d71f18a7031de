package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.api.v1alpha1.Placement;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import java.util.Map;
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
    void deadNodesDoNotHideWhatIsWrongWithAgents() {
        DevicePluginDeploymentStatus status = new Scene()
                .node("w-1", false, 0)
                .node("w-2", true, 0)
                .failingAgent("w-2", waiting("ImagePullBackOff", "no such image"))
                .node("w-3", true, 0)
                .agent("w-3", "rev", false)
                .status();

        assertThat(status.nodeProblems()).extracting(NodeProblem::node).containsExactly("w-2", "w-1", "w-3");
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

    /** A pod that the kubelet rejects is made again and again, and for a moment it is missing, then starting. */
    @Test
    void aPodThatIsRejectedAgainAndAgainIsOneTrouble() {
        Scene scene = new Scene().node("w-1", true, 0);
        scene.pods.add(agentPod(new PodStatusBuilder()
                .withPhase("Failed")
                .withReason("OutOfpods")
                .withMessage(
                        "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110")
                .build()));
        DevicePluginDeploymentStatus rejected = scene.status();
        scene.pods.clear();
        DevicePluginDeploymentStatus gone = scene.status();
        scene.pods.add(agentPod(new PodStatusBuilder().withPhase("Pending").build()));
        DevicePluginDeploymentStatus made = scene.status();
        scene.pods.clear();
        scene.failingAgent("w-1", waiting("ContainerCreating", null));

        assertThat(rejected.nodeProblems())
                .containsExactly(new NodeProblem("w-1", "OutOfpods", "Node didn't have enough resource: pods"));
        assertThat(gone.nodeProblems()).isEqualTo(rejected.nodeProblems());
        assertThat(made.nodeProblems()).isEqualTo(rejected.nodeProblems());
        assertThat(scene.status().nodeProblems())
                .extracting(NodeProblem::reason)
                .containsExactly("AgentStarting");
    }

    /** Older kubelets do not repeat the cause while they back off. */
    @Test
    void aKubeletThatSaysLessThanBeforeHasNoNews() {
        Scene scene = new Scene().node("w-1", true, 0).failingAgent("w-1", waiting("ErrImagePull", "no such image"));
        DevicePluginDeploymentStatus first = scene.status();
        scene.failingAgent("w-1", waiting("ImagePullBackOff", "Back-off pulling image \"agent:1\""));

        assertThat(scene.status()).isEqualTo(first);
    }

    @Test
    void anAgentThatIsReadyAndWritesNoReportIsToldAfterAMinute() {
        Scene scene = new Scene().node("w-1", true, 0).agent("w-1", "rev", true);
        StatusResult result = scene.result();
        assertThat(Scene.reasons(result.status())).containsEntry("AgentsReady", "True AllAgentsReady");
        assertThat(result.lookAgainIn()).contains(AgentProblems.REPORT_GRACE);
        scene.now = Scene.START.plus(AgentProblems.REPORT_GRACE);
        DevicePluginDeploymentStatus late = scene.status();

        assertThat(late.nodeProblems()).extracting(NodeProblem::reason).containsExactly("ReportMissing");
        scene.sightings = Sightings.NONE;
        assertThat(scene.status()).as("an operator that has just started").isEqualTo(late);
    }

    @Test
    void anAgentThatPollsIsMentioned() {
        DevicePluginDeploymentStatus status =
                new Scene().worker("w-1", 1).polling("w-1", null).status();

        assertThat(Scene.reasons(status)).containsEntry("Ready", "True AllDevicesReady");
        assertThat(Scene.condition(status, ConditionType.AgentsReady).getMessage())
                .startsWith("all agents are ready (1 nodes); slow to notice changes, for want of inotify")
                .endsWith("w-1");
    }

    @Test
    void settingsThatAnAgentRefusesAreQuoted() {
        assertThat(new Scene()
                        .worker("w-1", 1)
                        .polling("w-1", "no such probe")
                        .status()
                        .nodeProblems())
                .containsExactly(new NodeProblem(
                        "w-1", "SettingsRefused", "the agent goes on with the settings before: no such probe"));
    }

    static Stream<Arguments> emptyPlacements() {
        Map<String, String> none = Map.of();
        return Stream.of(
                Arguments.of(none, List.of(), "the cluster has no nodes"),
                Arguments.of(
                        Map.of("disk", "ssd"),
                        List.of(some("w-1", "linux", null), some("w-2", "linux", null)),
                        "nodeSelector {disk=ssd} matches none of 2 nodes"),
                Arguments.of(none, List.of(some("w-1", "windows", null)), "none of the 1 nodes runs Linux"),
                Arguments.of(
                        none,
                        List.of(some("w-1", "linux", "gpu"), some("w-2", "linux", "gpu"), some("w-3", "linux", "fpga")),
                        "tolerations do not cover taint gpu=yes:NoSchedule on 2/3 nodes; taint fpga=yes:NoSchedule on 1/3"
                                + " nodes"));
    }

    @ParameterizedTest
    @MethodSource("emptyPlacements")
    void aPlacementThatSelectsNothingSaysWhy(Map<String, String> selector, List<Node> nodes, String why) {
        Toleration other =
                new TolerationBuilder().withKey("other").withOperator("Exists").build();

        assertThat(NoNodes.why(new Placement(selector, List.of(other), null), nodes))
                .isEqualTo(why);
    }

    private static Node some(String name, String system, String taint) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/os", system)
                .endMetadata()
                .withNewSpec()
                .withTaints(taint == null ? List.of() : List.of(new Taint("NoSchedule", taint, null, "yes")))
                .endSpec()
                .build();
    }

    private static AgentPod agentPod(PodStatus status) {
        return new AgentPod(
                new PodBuilder()
                        .withNewMetadata()
                        .withName("agent-w-1")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("w-1")
                        .endSpec()
                        .withStatus(status)
                        .build(),
                "rev");
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
