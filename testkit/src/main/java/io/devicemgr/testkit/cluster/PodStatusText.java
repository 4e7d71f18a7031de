package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
        List<ContainerStatus> statuses = new ArrayList<>();
        pod.pod()
                .getSpec()
                .getContainers()
                .forEach(container -> statuses.add(container(
                        container.getName(),
                        container.getImage(),
                        pod.containers().get(container.getName()))));
        boolean running = statuses.stream().anyMatch(s -> s.getState().getRunning() != null || s.getRestartCount() > 0);
        boolean ready = statuses.stream().allMatch(ContainerStatus::getReady);
        return new PodStatusBuilder()
                .withPhase(running ? "Running" : "Pending")
                .withPodIP(pod.podIp())
                .addNewPodIP(pod.podIp())
                .withHostIP("127.0.0.1")
                .withStartTime(created.toString())
                .withConditions(
                        condition("PodScheduled", true), condition("ContainersReady", ready), condition("Ready", ready))
                .withContainerStatuses(statuses)
                .build();
    }

    private static PodCondition condition(String type, boolean status) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status ? "True" : "False")
                .build();
    }

    private static ContainerStatus container(String name, String image, RunningPod.ContainerState state) {
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID("")
                .withReady(state.ready())
                .withStarted(state.running())
                .withRestartCount(state.restarts());
        if (state.running()) {
            status.withNewState().withNewRunning(state.startedAt().toString()).endState();
        } else {
            status.withNewState()
                    .withNewWaiting(state.waitingMessage(), state.waitingReason())
                    .endState();
        }
        if (state.lastExitCode() != null) {
            status.withNewLastState()
                    .withNewTerminated()
                    .withExitCode(state.lastExitCode())
                    .withReason(state.lastExitCode() == 0 ? "Completed" : "Error")
                    .endTerminated()
                    .endLastState();
        }
        return status.build();
    }
}
