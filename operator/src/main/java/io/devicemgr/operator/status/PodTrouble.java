package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a pod does not run, in one word and in words. Neither changes while the cause stays, though the kubelet's words do. */
record PodTrouble(String reason, String message) {
    /** Waiting for nothing but time. */
    static final String STARTING = "AgentStarting";
    /** Characters of somebody else's message. */
    static final int LENGTH = 300;

    /** "0/5 nodes are available: 1 Insufficient memory, 4 node(s) didn't match Pod's node affinity/selector. preemption: ..." */
    private static final Pattern SCHEDULER = Pattern.compile("^\\d+/\\d+ nodes are available: (.*?)(\\. .*|\\.?)$");

    private static final Pattern COUNT = Pattern.compile("^\\d+ ");
    private static final Pattern MOUNT = Pattern.compile("^MountVolume\\.\\S+ failed for volume (\"[^\"]*\") : ");

    PodTrouble {
        message = message.isBlank() ? "no more is known" : message;
    }

    /**
     * Finds out why a pod does not run.
     *
     * @param node the node that it is meant for
     * @param event what the kubelet said last of a pod that it could not start, in an event
     */
    static PodTrouble of(Pod pod, Node node, Optional<String> event) {
        PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        return rejected(status)
                .or(() -> unscheduled(status, node))
                .or(() -> notAssembled(status, event))
                .or(() -> ContainerTrouble.of(status))
                .or(() -> failed(status))
                .orElse(new PodTrouble(STARTING, "the agent is not ready yet"));
    }

    /** Whether the kubelet has taken a pod up; before that its status tells nothing. */
    static boolean accepted(Pod pod) {
        return pod.getStatus() != null
                && Stream.concat(
                                ContainerTrouble.statuses(pod.getStatus().getInitContainerStatuses()),
                                ContainerTrouble.statuses(pod.getStatus().getContainerStatuses()))
                        .findAny()
                        .isPresent();
    }

    static Stream<PodCondition> conditions(PodStatus status) {
        return status.getConditions() == null
                ? Stream.of()
                : status.getConditions().stream().filter(Objects::nonNull);
    }

    /** Evicted, or refused by the kubelet: Evicted, OutOfmemory, UnexpectedAdmissionError, NodeShutdown and so on. */
    private static Optional<PodTrouble> rejected(PodStatus status) {
        return failed(status).filter(trouble -> status.getReason() != null);
    }

    private static Optional<PodTrouble> failed(PodStatus status) {
        if (!"Failed".equals(status.getPhase())) {
            return Optional.empty();
        }
        // What follows are numbers of this moment.
        String message = text(status.getMessage())
                .replaceFirst("^Pod was rejected: ", "")
                .replaceFirst("\\. (Threshold|Container) .*", "")
                .replaceFirst(", requested: \\d+, used: \\d+, capacity: \\d+", "");
        return Optional.of(new PodTrouble(
                Objects.requireNonNullElse(status.getReason(), "Failed"),
                Wording.ends(Wording.steady(message), LENGTH)));
    }

    private static Optional<PodTrouble> unscheduled(PodStatus status, Node node) {
        return conditions(status)
                .filter(condition -> "PodScheduled".equals(condition.getType())
                        && "False".equals(condition.getStatus())
                        && condition.getReason() != null)
                .map(condition -> new PodTrouble(condition.getReason(), scheduling(text(condition.getMessage()), node)))
                .findFirst();
    }

    /** Of the scheduler's words those about the one node that the pod is meant for; the counts change with the cluster. */
    private static String scheduling(String message, Node node) {
        Matcher matcher = SCHEDULER.matcher(message.strip());
        String found = matcher.matches()
                ? Arrays.stream(matcher.group(1).split(", (?=\\d+ )"))
                        .filter(reason -> !reason.toLowerCase().contains("affinity"))
                        .map(reason -> COUNT.matcher(reason).replaceFirst(""))
                        .collect(Collectors.joining(", "))
                : "";
        String words = Wording.ends(found.isEmpty() ? Wording.steady(message) : found, LENGTH);
        String taints = taints(node);
        return words.contains("taint") && !taints.isEmpty() ? words + " (" + taints + ")" : words;
    }

    /** Newer schedulers do not name the taint. */
    private static String taints(Node node) {
        List<Taint> taints = node.getSpec() == null || node.getSpec().getTaints() == null
                ? List.of()
                : node.getSpec().getTaints();
        return Wording.firstOf(taints.stream()
                .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                .map(NoNodes::words)
                .toList());
    }

    /** Volumes and network come before the first container, and until then only events tell what is wrong. */
    private static Optional<PodTrouble> notAssembled(PodStatus status, Optional<String> event) {
        boolean assembled = status.getPodIP() != null
                || ContainerTrouble.hasBegun(status)
                || conditions(status)
                        .anyMatch(condition -> "PodReadyToStartContainers".equals(condition.getType())
                                && "True".equals(condition.getStatus()));
        return assembled ? Optional.empty() : event.map(PodTrouble::mount);
    }

    private static PodTrouble mount(String message) {
        String words = MOUNT.matcher(Wording.steady(message)).replaceFirst("volume $1: ");
        boolean kubelet = words.contains("hostPath type check failed: /var/lib/kubelet/");
        return new PodTrouble(
                "FailedMount",
                Wording.ends(words, LENGTH)
                        + (kubelet ? "; the kubelet makes this directory unless it is off or has another root" : ""));
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
