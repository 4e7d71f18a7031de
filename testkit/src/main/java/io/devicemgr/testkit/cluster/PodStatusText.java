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
import java.util.stream.Collectors;

/** The status that a kubelet would write for a pod. */
final class PodStatusText {
    private final PodStatus previous;
    private final Instant now;

    /**
     * @param previous what was written before; it tells since when a condition has been as it is
     */
    PodStatusText(PodStatus previous, Instant now) {
        this.previous = previous;
        this.now = now;
    }

    PodStatus of(RunningPod pod) {
        return pod.failure()
                .map(this::failed)
                .orElseGet(() -> alive(
                        pod,
                        statuses(pod.pod().getSpec().getInitContainers(), pod.initContainers(), true),
                        statuses(pod.pod().getSpec().getContainers(), pod.containers(), false)));
    }

    private PodStatus failed(RunningPod.Failure failure) {
        return new PodStatusBuilder()
                .withPhase("Failed")
                .withReason(failure.reason())
                .withMessage(failure.message())
                .withConditions(condition("ContainersReady", ""), condition("Ready", ""))
                .build();
    }

    private PodStatus alive(RunningPod pod, List<ContainerStatus> initStatuses, List<ContainerStatus> statuses) {
        boolean ended =
                !statuses.isEmpty() && pod.containers().values().stream().allMatch(RunState::completed);
        boolean running = statuses.stream().anyMatch(s -> s.getState().getRunning() != null || s.getRestartCount() > 0);
        String initialised = unready("containers with incomplete status", initStatuses);
        String ready = unready("containers with unready status", statuses);
        return new PodStatusBuilder()
                .withPhase(ended ? end(pod) : running ? "Running" : "Pending")
                .withPodIP(pod.podIp())
                .addNewPodIP(pod.podIp())
                .withHostIP("127.0.0.1")
                .withStartTime(previous.getStartTime() == null ? now.toString() : previous.getStartTime())
                .withConditions(
                        condition("PodScheduled", null),
                        condition("Initialized", initialised),
                        condition("ContainersReady", ready),
                        condition("Ready", ready))
                .withInitContainerStatuses(initStatuses)
                .withContainerStatuses(statuses)
                .build();
    }

    private static String end(RunningPod pod) {
        return pod.containers().values().stream()
                        .allMatch(state -> state.lastEnd().exitCode() == 0)
                ? "Succeeded"
                : "Failed";
    }

    /** What is wrong; null when all are ready. */
    private static String unready(String what, List<ContainerStatus> statuses) {
        List<String> names = statuses.stream()
                .filter(status -> !status.getReady())
                .map(ContainerStatus::getName)
                .toList();
        return names.isEmpty() ? null : names.stream().collect(Collectors.joining(" ", what + ": [", "]"));
    }

    /** True without a complaint. */
    private PodCondition condition(String type, String complaint) {
        String status = complaint == null ? "True" : "False";
        String since = previous.getConditions().stream()
                .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
                .map(PodCondition::getLastTransitionTime)
                .findFirst()
                .orElse(now.toString());
        boolean containers = complaint != null && !complaint.isEmpty();
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(
                        !containers
                                ? null
                                : type.equals("Initialized") ? "ContainersNotInitialized" : "ContainersNotReady")
                .withMessage(containers ? complaint : null)
                .withLastTransitionTime(since)
                .build();
    }

    /** An init container that has completed counts as ready. */
    private static List<ContainerStatus> statuses(
            List<Container> containers, Map<String, RunState> states, boolean init) {
        return containers.stream()
                .map(each -> container(each.getName(), each.getImage(), states.get(each.getName()), init))
                .toList();
    }

    private static ContainerStatus container(String name, String image, RunState state, boolean init) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID("")
                .withReady(state.ready() || init && state.completed())
                .withStarted(state.running())
                .withRestartCount(state.restarts())
                .withState(now(state))
                .withLastState(
                        state.lastEnd() == null || state.completed() || state.justEnded() ? null : terminated(state))
                .build();
    }

    /** A container that ended for the first time is shown as it is, later ones as waiting for their restart. */
    private static ContainerState now(RunState state) {
        if (state.running()) {
            return new ContainerStateBuilder()
                    .withNewRunning(state.startedAt().toString())
                    .build();
        }
        if (state.completed() || state.justEnded()) {
            return terminated(state);
        }
        return new ContainerStateBuilder()
                .withNewWaiting(state.waitingMessage(), state.waitingReason())
                .build();
    }

    private static ContainerState terminated(RunState state) {
        RunState.End end = state.lastEnd();
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(end.exitCode())
                .withReason(end.reason())
                .withMessage(end.message().isEmpty() ? null : end.message())
                .withStartedAt(end.startedAt() == null ? null : end.startedAt().toString())
                .withFinishedAt(end.finishedAt().toString())
                .endTerminated()
                .build();
    }
}
