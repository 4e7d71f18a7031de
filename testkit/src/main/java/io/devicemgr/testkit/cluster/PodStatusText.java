package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The status that a kubelet would write for a pod. */
final class PodStatusText {
    private PodStatusText() {}

    static PodStatus of(RunningPod pod, Instant created) {
        if (pod.isRejected()) {
            return new PodStatusBuilder()
                    .withPhase("Failed")
                    .withReason(pod.rejection().reason())
                    .withMessage(pod.rejection().message())
                    .build();
        }
        List<ContainerStatus> statuses = statuses(pod.pod().getSpec().getContainers(), pod.containers(), false);
        List<ContainerStatus> initStatuses =
                statuses(pod.pod().getSpec().getInitContainers(), pod.initContainers(), true);
        boolean initialised = initStatuses.stream().allMatch(ContainerStatus::getReady);
        boolean running = statuses.stream().anyMatch(s -> s.getState().getRunning() != null || s.getRestartCount() > 0);
        boolean ready = statuses.stream().allMatch(ContainerStatus::getReady);
        return new PodStatusBuilder()
                .withPhase(running ? "Running" : "Pending")
                .withPodIP(pod.podIp())
                .addNewPodIP(pod.podIp())
                .withHostIP("127.0.0.1")
                .withStartTime(created.toString())
                .withConditions(
                        condition("PodScheduled", true),
                        condition("Initialized", initialised),
                        condition("ContainersReady", ready),
                        condition("Ready", ready))
                .withInitContainerStatuses(initStatuses)
                .withContainerStatuses(statuses)
                .build();
    }

    private static List<ContainerStatus> statuses(
            List<Container> containers, Map<String, RunState> states, boolean init) {
        return containers.stream()
                .map(each -> container(each.getName(), each.getImage(), states.get(each.getName()), init))
                .toList();
    }

    private static PodCondition condition(String type, boolean status) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status ? "True" : "False")
                .build();
    }

    private static ContainerStatus container(String name, String image, RunState state, boolean init) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID("")
                .withReady(state.ready() || state.completed())
                .withStarted(state.running())
                .withRestartCount(state.restarts())
                .withState(now(state, init))
                .withLastState(state.lastExitCode() == null || state.completed() ? null : terminated(state))
                .build();
    }

    /** An init container that failed for the first time is shown as it is, later ones as waiting for their restart. */
    private static ContainerState now(RunState state, boolean init) {
        if (state.running()) {
            return new ContainerStateBuilder()
                    .withNewRunning(state.startedAt().toString())
                    .build();
        }
        if (state.completed() || init && state.justEnded()) {
            return terminated(state);
        }
        return new ContainerStateBuilder()
                .withNewWaiting(state.waitingMessage(), state.waitingReason())
                .build();
    }

    private static ContainerState terminated(RunState state) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(state.lastExitCode())
                .withReason(state.lastExitCode() == 0 ? "Completed" : "Error")
                .endTerminated()
                .build();
    }
}
