package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statuses as kubelets and schedulers of 1.2x and 1.36 write them. */
class PodTroubleTest {
    private static final String STARTED = "2026-11-22T08:00:00Z";

    private static final String NOT_FOUND = "rpc error: code = NotFound desc = failed to pull and unpack image"
            + " \"registry.example.com/agent:2\": failed to resolve reference \"registry.example.com/agent:2\":"
            + " registry.example.com/agent:2: not found";

    static Stream<Arguments> pulls() {
        return Stream.of(
                Arguments.of(
                        "pulling fails and backs off",
                        List.of(
                                waiting("ErrImagePull", NOT_FOUND),
                                waiting(
                                        "ImagePullBackOff",
                                        "Back-off pulling image \"registry.example.com/agent:2\": ErrImagePull: "
                                                + NOT_FOUND)),
                        new PodTrouble(
                                "ImagePullBackOff",
                                "container agent: image registry.example.com/agent:2 cannot be pulled: " + NOT_FOUND)),
                Arguments.of(
                        "the registry is away, and the kubelet's port is another one each time",
                        List.of(
                                waiting(
                                        "RegistryUnavailable",
                                        "image pull failed for r/a:2 because the registry is unavailable: read tcp"
                                                + " 10.0.0.7:40312->192.0.2.1:443: i/o timeout"),
                                waiting(
                                        "ImagePullBackOff",
                                        "Back-off pulling image \"r/a:2\": RegistryUnavailable: image pull failed for r/a:2"
                                                + " because the registry is unavailable: read tcp"
                                                + " 10.0.0.7:51812->192.0.2.1:443: i/o timeout")),
                        new PodTrouble(
                                "ImagePullBackOff",
                                "container agent: image registry.example.com/agent:2 cannot be pulled: image pull failed for"
                                        + " r/a:2 because the registry is unavailable: read tcp 192.0.2.1:443: i/o timeout")));
    }

    static Stream<Arguments> crashes() {
        return Stream.of(
                Arguments.of(
                        "it ends, waits and runs again",
                        List.of(
                                ended(
                                        1,
                                        end(
                                                78,
                                                "Error",
                                                "2026-11-22T08:00:01.123Z SEVERE Bad configuration: no such file\n")),
                                waitingAfter(
                                        1,
                                        end(
                                                78,
                                                "Error",
                                                "2026-11-22T08:00:01.123Z SEVERE Bad configuration: no such file\n")),
                                running(
                                        2,
                                        end(
                                                78,
                                                "Error",
                                                "2026-11-22T08:00:21.456Z SEVERE Bad configuration: no such file\n")),
                                ended(
                                        2,
                                        end(
                                                78,
                                                "Error",
                                                "2026-11-22T08:00:22.789Z SEVERE Bad configuration: no such file\n")),
                                waitingAfter(
                                        2,
                                        end(
                                                78,
                                                "Error",
                                                "2026-11-22T08:00:22.789Z SEVERE Bad configuration: no such file\n"))),
                        new PodTrouble(
                                "CrashLoopBackOff",
                                "container agent ended with exit code 78: SEVERE Bad configuration: no such file")),
                Arguments.of(
                        "it ends without an error, which an agent must not",
                        List.of(
                                ended(1, end(0, "Completed", null)),
                                waitingAfter(1, end(0, "Completed", null)),
                                running(2, end(0, "Completed", null))),
                        new PodTrouble("CrashLoopBackOff", "container agent ended with exit code 0: Completed")));
    }

    static Stream<Arguments> otherEnds() {
        return Stream.of(
                Arguments.of(
                        "it needs more memory than it gets",
                        List.of(
                                waitingAfter(3, end(137, "OOMKilled", null)),
                                running(4, end(137, "OOMKilled", null)),
                                ended(4, end(137, "OOMKilled", null))),
                        new PodTrouble(
                                "OOMKilled",
                                "container agent used more memory than its limit; raise the limit in spec.agent")),
                Arguments.of(
                        "the runtime cannot start it",
                        List.of(
                                after(
                                        1,
                                        end(
                                                128,
                                                "StartError",
                                                "failed to create containerd task: exec: \"/agent\": not found"),
                                        waitingState(
                                                "RunContainerError",
                                                "failed to create containerd task: exec: \"/agent\"")),
                                waitingAfter(
                                        2,
                                        end(
                                                128,
                                                "StartError",
                                                "failed to create containerd task: exec: \"/agent\": not found"))),
                        new PodTrouble(
                                "CrashLoopBackOff",
                                "container agent ended with exit code 128: failed to create containerd task: exec: \"/agent\":"
                                        + " not found")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"pulls", "crashes", "otherEnds"})
    void whatGoesRoundIsOneTrouble(String name, List<ContainerStatus> states, PodTrouble trouble) {
        assertThat(states).allSatisfy(state -> assertThat(of(pod(state))).isEqualTo(trouble));
    }

    static Stream<Arguments> containerTroubles() {
        return Stream.of(
                Arguments.of(
                        pod(waiting("CreateContainerConfigError", "configmap \"devicemgr-lab-6f9c\" not found")),
                        "CreateContainerConfigError",
                        "container agent: configmap \"devicemgr-lab-6f9c\" not found"),
                Arguments.of(
                        pod(waiting(
                                "InvalidImageName",
                                "Failed to apply default image tag \"A:b:c\": couldn't parse image name \"A:b:c\": invalid"
                                        + " reference format: repository name (library/A:b) must be lowercase")),
                        "InvalidImageName",
                        "container agent: Failed to apply default image tag \"A:b:c\": couldn't parse image name \"A:b:c\":"
                                + " invalid reference format: repository name (library/A:b) must be lowercase"),
                Arguments.of(
                        pod(waiting(
                                "CreateContainerError",
                                "failed to reserve container name \"agent_x\": name \"agent_x\" is reserved for"
                                        + " \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"")),
                        "CreateContainerError",
                        "container agent: failed to reserve container name \"agent_x\": name \"agent_x\" is reserved for \"\""),
                Arguments.of(pod(waiting("ContainerCreating", null)), "AgentStarting", "the agent is not ready yet"),
                Arguments.of(pod(waiting(null, null)), "AgentStarting", "the agent is not ready yet"),
                Arguments.of(
                        pod(running(1, end(1, "Error", "bad luck"))),
                        "AgentStarting",
                        "the agent starts again: container agent ended with exit code 1: bad luck"),
                Arguments.of(
                        pod(running(
                                3,
                                new ContainerStateBuilder(end(255, "Unknown", null))
                                        .editTerminated()
                                        .withStartedAt("2026-11-20T08:00:00Z")
                                        .withFinishedAt("2026-11-22T07:59:00Z")
                                        .endTerminated()
                                        .build())),
                        "AgentStarting",
                        "the agent starts again: container agent ended with exit code 255: Unknown"),
                Arguments.of(
                        initPod(waitingAfter(1, end(1, "Error", "modprobe: module gadget not found\n"))),
                        "CrashLoopBackOff",
                        "init container driver ended with exit code 1: modprobe: module gadget not found"),
                Arguments.of(
                        initPod(running(0, null)), "AgentStarting", "init container driver runs and is not ready yet"));
    }

    static Stream<Arguments> podTroubles() {
        return Stream.of(
                Arguments.of(
                        failed(
                                "Evicted",
                                "The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi."
                                        + " Container agent was using 60Mi, request is 0, has larger consumption of memory. "),
                        "Evicted",
                        "The node was low on resource: memory"),
                Arguments.of(
                        failed(
                                "OutOfmemory",
                                "Pod was rejected: Node didn't have enough resource: memory, requested: 67108864,"
                                        + " used: 1000, capacity: 2000"),
                        "OutOfmemory",
                        "Node didn't have enough resource: memory"),
                Arguments.of(
                        unscheduled("0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't match Pod's node"
                                + " affinity/selector. preemption: 0/3 nodes are available: 1 No preemption victims found for"
                                + " incoming pod, 2 Preemption is not helpful for scheduling."),
                        "Unschedulable",
                        "Insufficient memory"),
                Arguments.of(
                        unscheduled(
                                "0/5000 nodes are available: 1 node(s) had untolerated taint(s), 4999 node(s) didn't satisfy"
                                        + " plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/5000 nodes are"
                                        + " available: 5000 Preemption is not helpful for scheduling."),
                        "Unschedulable",
                        "node(s) had untolerated taint(s) (gpu=yes:NoSchedule)"));
    }

    @ParameterizedTest
    @MethodSource({"containerTroubles", "podTroubles"})
    void theTroubleIsNamed(Pod pod, String reason, String message) {
        assertThat(of(pod)).isEqualTo(new PodTrouble(reason, message));
    }

    @Test
    void aContainerThatWasReadyAndIsNoLongerHasNotCrashedOnceMore() {
        PodCondition ready = new PodConditionBuilder()
                .withType("Ready")
                .withStatus("False")
                .withLastTransitionTime("2026-11-22T09:00:00Z")
                .build();
        Pod pod = new PodBuilder(pod(running(5, end(1, "Error", "long ago"))))
                .editStatus()
                .withConditions(ready)
                .endStatus()
                .build();

        assertThat(of(pod).reason()).isEqualTo("AgentStarting");
    }

    @Test
    void ofALongLogTheLastLineIsToldWithoutItsTimeAndStackTrace() {
        String log = "2026-11-22T08:00:01Z INFO starts\n".repeat(40)
                + "2026-11-22T08:00:02Z SEVERE The agent has failed\nIllegalStateException: no room\n"
                + "\tat Agent.start(Agent.java:1)\n\t... 3 more\n";

        assertThat(of(pod(waitingAfter(2, end(70, "Error", log)))).message())
                .isEqualTo("container agent ended with exit code 70: IllegalStateException: no room");
    }

    @Test
    void aVolumeThatCannotBeMountedIsToldByAnEvent() {
        String event = "MountVolume.SetUp failed for volume \"device-plugins\" : hostPath type check failed:"
                + " /var/lib/kubelet/device-plugins is not a directory";
        Pod pod = pod(waiting("ContainerCreating", null));

        assertThat(PodTrouble.of(pod, node(), Optional.of(event)))
                .isEqualTo(new PodTrouble(
                        "FailedMount",
                        "volume \"device-plugins\": hostPath type check failed: /var/lib/kubelet/device-plugins is not a"
                                + " directory; the kubelet makes this directory unless it is off or has another root"));
    }

    /** Events live for an hour. */
    @Test
    void anEventOfBeforeSaysNothingOfAPodWhoseVolumesAreThere() {
        Pod pod = new PodBuilder(pod(waiting("ContainerCreating", null)))
                .editStatus()
                .withConditions(new PodConditionBuilder()
                        .withType("PodReadyToStartContainers")
                        .withStatus("True")
                        .build())
                .endStatus()
                .build();

        assertThat(PodTrouble.of(pod, node(), Optional.of("MountVolume.SetUp failed for volume \"dev\" : x"))
                        .reason())
                .isEqualTo("AgentStarting");
    }

    /** Older kubelets have no condition that says so. */
    @Test
    void aContainerThatHasRunHasItsVolumes() {
        Pod pod = pod(waitingAfter(2, end(1, "Error", "bad luck")));

        assertThat(PodTrouble.of(pod, node(), Optional.of("MountVolume.SetUp failed for volume \"dev\" : x"))
                        .reason())
                .isEqualTo("CrashLoopBackOff");
    }

    private static PodTrouble of(Pod pod) {
        return PodTrouble.of(pod, node(), Optional.empty());
    }

    private static Node node() {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("w-1")
                .endMetadata()
                .withNewSpec()
                .addNewTaint("NoSchedule", "gpu", null, "yes")
                .addNewTaint("PreferNoSchedule", "soft", null, null)
                .endSpec()
                .build();
    }

    private static Pod pod(ContainerStatus container) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("agent")
                .endMetadata()
                .withNewStatus()
                .withPhase("Pending")
                .withContainerStatuses(container)
                .endStatus()
                .build();
    }

    private static Pod initPod(ContainerStatus container) {
        return new PodBuilder(pod(waiting("PodInitializing", null)))
                .editStatus()
                .withInitContainerStatuses(
                        new ContainerStatusBuilder(container).withName("driver").build())
                .endStatus()
                .build();
    }

    private static Pod failed(String reason, String message) {
        return new PodBuilder()
                .withNewStatus()
                .withPhase("Failed")
                .withReason(reason)
                .withMessage(message)
                .endStatus()
                .build();
    }

    private static Pod unscheduled(String message) {
        return new PodBuilder()
                .withNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
    }

    private static ContainerStatus waiting(String reason, String message) {
        return after(0, null, waitingState(reason, message));
    }

    private static ContainerStatus waitingAfter(int restarts, ContainerState last) {
        String message = "back-off " + 10 * restarts
                + "s restarting failed container=agent pod=devicemgr-lab-x7k2p_devices(uid)";
        return after(restarts, last, waitingState("CrashLoopBackOff", message));
    }

    private static ContainerStatus running(int restarts, ContainerState last) {
        return after(
                restarts,
                last,
                new ContainerStateBuilder().withNewRunning(STARTED).build());
    }

    private static ContainerStatus ended(int restarts, ContainerState state) {
        return after(restarts, null, state);
    }

    private static ContainerState waitingState(String reason, String message) {
        return new ContainerStateBuilder().withNewWaiting(message, reason).build();
    }

    private static ContainerStatus after(int restarts, ContainerState last, ContainerState state) {
        return new ContainerStatusBuilder()
                .withName("agent")
                .withImage("registry.example.com/agent:2")
                .withReady(false)
                .withRestartCount(restarts)
                .withLastState(last)
                .withState(state)
                .build();
    }

    private static ContainerState end(int code, String reason, String message) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(code)
                .withReason(reason)
                .withMessage(message)
                .withStartedAt("2026-11-22T07:59:00Z")
                .withFinishedAt("2026-11-22T07:59:02Z")
                .endTerminated()
                .build();
    }
}
