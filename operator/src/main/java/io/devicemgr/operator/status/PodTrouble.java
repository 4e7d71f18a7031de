package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a pod does not run, in one word and in words. */
record PodTrouble(String reason, String message) {
    /** Waiting for nothing but time. */
    static final String STARTING = "AgentStarting";

    private static final String CRASH_LOOP = "CrashLoopBackOff";
    private static final int MESSAGE_LENGTH = 300;

    static PodTrouble of(Pod pod) {
        return containers(pod)
                .map(PodTrouble::ofContainer)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> unscheduled(pod))
                .or(() -> failed(pod))
                .orElse(new PodTrouble(STARTING, "the agent is not ready yet"));
    }

    private static Stream<ContainerStatus> containers(Pod pod) {
        return pod.getStatus() == null
                ? Stream.of()
                : Stream.of(
                                pod.getStatus().getInitContainerStatuses(),
                                pod.getStatus().getContainerStatuses())
                        .flatMap(List::stream);
    }

    private static Optional<PodTrouble> ofContainer(ContainerStatus container) {
        ContainerStateWaiting waiting =
                container.getState() == null ? null : container.getState().getWaiting();
        // Between two back-offs it runs for a moment: to the administrator that is the same trouble.
        if (waiting == null && hasFailed(container)) {
            return Optional.of(new PodTrouble(CRASH_LOOP, Wording.shorten(lastWords(container), MESSAGE_LENGTH)));
        }
        if (waiting == null || List.of("ContainerCreating", "PodInitializing").contains(text(waiting.getReason()))) {
            return Optional.empty();
        }
        // The message of a back-off names its growing delay; what the container said last is what helps.
        String message = CRASH_LOOP.equals(waiting.getReason())
                ? lastWords(container)
                : "container " + container.getName() + ": " + text(waiting.getMessage());
        return Optional.of(new PodTrouble(text(waiting.getReason()), Wording.shorten(message, MESSAGE_LENGTH)));
    }

    private static boolean hasFailed(ContainerStatus container) {
        ContainerStateTerminated last = container.getLastState() == null
                ? null
                : container.getLastState().getTerminated();
        return !Boolean.TRUE.equals(container.getReady())
                && last != null
                && last.getExitCode() != null
                && last.getExitCode() != 0;
    }

    private static String lastWords(ContainerStatus container) {
        ContainerStateTerminated last = container.getLastState() == null
                ? null
                : container.getLastState().getTerminated();
        if (last == null) {
            return "container " + container.getName() + " keeps ending";
        }
        String said = text(last.getMessage()).isBlank() ? text(last.getReason()) : last.getMessage();
        return "container " + container.getName() + " ended with exit code " + last.getExitCode() + ": " + said;
    }

    private static Optional<PodTrouble> unscheduled(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(PodTrouble::isUnschedulable)
                        .map(condition -> new PodTrouble(
                                condition.getReason(), Wording.shorten(text(condition.getMessage()), MESSAGE_LENGTH)))
                        .findFirst();
    }

    private static boolean isUnschedulable(PodCondition condition) {
        return "PodScheduled".equals(condition.getType())
                && "False".equals(condition.getStatus())
                && condition.getReason() != null;
    }

    private static Optional<PodTrouble> failed(Pod pod) {
        return pod.getStatus() == null || !"Failed".equals(pod.getStatus().getPhase())
                ? Optional.empty()
                : Optional.of(new PodTrouble(
                        pod.getStatus().getReason() == null
                                ? "Failed"
                                : pod.getStatus().getReason(),
                        Wording.shorten(text(pod.getStatus().getMessage()), MESSAGE_LENGTH)));
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
