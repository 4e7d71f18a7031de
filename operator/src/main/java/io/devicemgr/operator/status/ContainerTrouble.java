package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a container does not run. A container that fails passes through several states again and again (running, terminated,
 * waiting; pulling, backing off): all of them are told as the one trouble that they are.
 */
final class ContainerTrouble {
    static final String CRASH_LOOP = "CrashLoopBackOff";
    static final String PULL = "ImagePullBackOff";
    private static final String OUT_OF_MEMORY = "OOMKilled";

    /** The kubelet's words for an image that it could not pull; it says one after the attempt and another while it waits. */
    private static final Set<String> PULL_REASONS =
            Set.of(PULL, "ErrImagePull", "RegistryUnavailable", "SignatureValidationFailed");

    private static final Pattern PULL_PREFIX = Pattern.compile(
            "^Back-off pulling image \"[^\"]*\"(: )?|^(ErrImagePull|RegistryUnavailable|SignatureValidationFailed): ");
    /** Part of any start. */
    private static final Set<String> CREATING = Set.of("", "ContainerCreating", "PodInitializing");
    /** A container that could not be started has ended as well, and the kubelet goes on to CrashLoopBackOff. */
    private static final Set<String> ENDED = Set.of(CRASH_LOOP, "RunContainerError", "PostStartHookError");
    /** After that long the kubelet starts its back-off anew. */
    private static final Duration LONG_RUN = Duration.ofMinutes(10);
    /** The kubelet notices a moment later that a container that was ready has ended. */
    private static final Duration NOTICE = Duration.ofSeconds(10);

    private static final Pattern STACK = Pattern.compile("^\\s+(at |\\.\\.\\. ).*");

    private final String name;
    private final ContainerStatus container;
    private final Instant readyChanged;

    private ContainerTrouble(String name, ContainerStatus container, Instant readyChanged) {
        this.name = name;
        this.container = container;
        this.readyChanged = readyChanged;
    }

    /** The first container that has a trouble, those first that run first. */
    static Optional<PodTrouble> of(PodStatus status) {
        Instant readyChanged = PodTrouble.conditions(status)
                .filter(condition -> "Ready".equals(condition.getType()))
                .map(condition -> Timestamps.parse(condition.getLastTransitionTime()))
                .findFirst()
                .orElse(Instant.EPOCH);
        return Stream.concat(
                        statuses(status.getInitContainerStatuses())
                                .map(each ->
                                        new ContainerTrouble("init container " + each.getName(), each, readyChanged)),
                        statuses(status.getContainerStatuses())
                                .map(each -> new ContainerTrouble("container " + each.getName(), each, readyChanged)))
                .filter(each -> !Boolean.TRUE.equals(each.container.getReady()))
                .map(ContainerTrouble::find)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Whether a container runs, has run, or waits for something of its own; older kubelets tell no other way that the pod stands. */
    static boolean hasBegun(PodStatus status) {
        return Stream.concat(statuses(status.getInitContainerStatuses()), statuses(status.getContainerStatuses()))
                .flatMap(container -> Stream.of(
                        Optional.ofNullable(container.getState()), Optional.ofNullable(container.getLastState())))
                .flatMap(Optional::stream)
                .anyMatch(state -> state.getRunning() != null
                        || state.getTerminated() != null
                        || state.getWaiting() != null
                                && !CREATING.contains(text(state.getWaiting().getReason())));
    }

    static Stream<ContainerStatus> statuses(List<ContainerStatus> statuses) {
        return statuses == null ? Stream.of() : statuses.stream().filter(Objects::nonNull);
    }

    private Optional<PodTrouble> find() {
        ContainerStateWaiting waiting = state().map(ContainerState::getWaiting).orElse(null);
        String reason = waiting == null ? "" : text(waiting.getReason());
        if (PULL_REASONS.contains(reason)) {
            return Optional.of(pull(text(waiting.getMessage())));
        }
        Optional<ContainerStateTerminated> last = lastEnd();
        if (ENDED.contains(reason) && last.isPresent()) {
            return last.map(this::loop);
        }
        if (!CREATING.contains(reason)) {
            return Optional.of(new PodTrouble(reason, name + ": " + words(waiting.getMessage())));
        }
        return last.map(this::ended).or(this::running);
    }

    private PodTrouble pull(String message) {
        String cause = Wording.steady(message);
        for (String rest = ""; !rest.equals(cause); ) {
            rest = cause;
            cause = PULL_PREFIX.matcher(cause).replaceFirst("");
        }
        String what = name + ": image " + text(container.getImage()) + " cannot be pulled";
        return new PodTrouble(PULL, cause.isBlank() ? what : what + ": " + Wording.ends(cause, PodTrouble.LENGTH));
    }

    /** One end is bad luck, or a reboot of the node; a second one soon after is a loop, whatever the state at this moment. */
    private PodTrouble ended(ContainerStateTerminated last) {
        return ends() >= 2 && !ranLong(last) && !wasReady()
                ? loop(last)
                : new PodTrouble(PodTrouble.STARTING, "the agent starts again: " + lastWords(last));
    }

    private PodTrouble loop(ContainerStateTerminated last) {
        return OUT_OF_MEMORY.equals(last.getReason())
                ? new PodTrouble(
                        OUT_OF_MEMORY, name + " used more memory than its limit; raise the limit in spec.agent")
                : new PodTrouble(CRASH_LOOP, lastWords(last));
    }

    private Optional<PodTrouble> running() {
        return state().map(ContainerState::getRunning)
                .map(running -> new PodTrouble(PodTrouble.STARTING, name + " runs and is not ready yet"));
    }

    private String lastWords(ContainerStateTerminated last) {
        String said = words(last.getMessage());
        return name + " ended with exit code " + Objects.requireNonNullElse(last.getExitCode(), 0) + ": "
                + (said.isEmpty() ? text(last.getReason()) : said);
    }

    /** What the kubelet took from the end of a log is long, and its last line says most; that of a stack trace does not. */
    private static String words(String message) {
        List<String> lines = text(message)
                .lines()
                .filter(line -> !line.isBlank() && !STACK.matcher(line).matches())
                .map(Wording::steady)
                .toList();
        String all = lines.stream().collect(Collectors.joining(" "));
        return Wording.ends(all.length() <= PodTrouble.LENGTH ? all : lines.get(lines.size() - 1), PodTrouble.LENGTH);
    }

    private int ends() {
        boolean runs = state().map(ContainerState::getRunning).isPresent();
        return Objects.requireNonNullElse(container.getRestartCount(), 0) + (runs ? 0 : 1);
    }

    private static boolean ranLong(ContainerStateTerminated last) {
        Instant started = Timestamps.parse(last.getStartedAt());
        Instant finished = Timestamps.parse(last.getFinishedAt());
        return started.isAfter(Instant.EPOCH)
                && Duration.between(started, finished).compareTo(LONG_RUN) >= 0;
    }

    /** Whether it was ready after the last start. */
    private boolean wasReady() {
        return state().map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt)
                .map(Timestamps::parse)
                .filter(started -> readyChanged.isAfter(started.plus(NOTICE)))
                .isPresent();
    }

    private Optional<ContainerStateTerminated> lastEnd() {
        return state().map(ContainerState::getTerminated)
                .or(() -> Optional.ofNullable(container.getLastState()).map(ContainerState::getTerminated));
    }

    private Optional<ContainerState> state() {
        return Optional.ofNullable(container.getState());
    }

    private static String text(String text) {
        return text == null ? "" : text;
    }
}
