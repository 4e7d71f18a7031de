package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.StartResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pod on its node: admission, init containers one after the other, containers, restarts. Only its node's loop calls it. */
final class RunningPod {
    private static final Logger LOG = LoggerFactory.getLogger(RunningPod.class);
    private static final ContainerDevices NOTHING =
            new ContainerDevices(Map.of(), Map.of(), List.of(), List.of(), Map.of(), List.of());

    private final Pod pod;
    private final String podIp;
    private final ContainerRuntime runtime;
    private final SimulatedKubelet kubelet;
    private final Map<String, RunState> initContainers = new LinkedHashMap<>();
    private final Map<String, RunState> containers = new LinkedHashMap<>();
    private final Map<String, ContainerDevices> given = new HashMap<>();
    private final Map<String, ContainerDevices> resolved = new HashMap<>();
    private boolean admitted;
    private Failure failure;
    private Instant nextAttempt = Instant.MIN;
    private Instant killAt;

    /** Why it has ended for good. */
    record Failure(String reason, String message) {}

    RunningPod(Pod pod, String podIp, ContainerRuntime runtime, SimulatedKubelet kubelet) {
        this.pod = pod;
        this.podIp = podIp;
        this.runtime = runtime;
        this.kubelet = kubelet;
        pod.getSpec().getInitContainers().forEach(c -> initContainers.put(c.getName(), new RunState()));
        pod.getSpec().getContainers().forEach(c -> containers.put(c.getName(), new RunState()));
    }

    Pod pod() {
        return pod;
    }

    String podIp() {
        return podIp;
    }

    /** Where a port of the pod really is. */
    int port(int port) {
        return runtime.port(port);
    }

    /** Moves the pod on as far as it goes now. */
    void sync(Instant now) {
        if (failure != null || now.isBefore(nextAttempt)) {
            return;
        }
        if (!admitted && !admit()) {
            return;
        }
        try {
            syncContainers(now);
        } catch (MountFailedException | IOException e) {
            LOG.warn("{}: {}", pod.getMetadata().getName(), e.getMessage());
            waiting(initContainers.values(), "PodInitializing", e.getMessage());
            waiting(containers.values(), "ContainerCreating", e.getMessage());
            nextAttempt = now.plus(RunState.FIRST_RESTART_DELAY);
        }
    }

    private static void waiting(Collection<RunState> states, String reason, String message) {
        states.stream().filter(state -> !state.running()).forEach(state -> state.waitFor(reason, message));
    }

    private boolean admit() {
        AdmissionResult result = kubelet.admit(PodSpecification.of(pod));
        if (result instanceof AdmissionResult.Rejected refusal) {
            failure = new Failure(refusal.reason(), refusal.message());
            return false;
        }
        admitted = true;
        given.putAll(result.containers());
        return true;
    }

    private void syncContainers(Instant now) throws MountFailedException, IOException {
        for (Container container : pod.getSpec().getInitContainers()) {
            if (!initialised(container, initContainers.get(container.getName()), now)) {
                waiting(containers.values(), "PodInitializing", "");
                return;
            }
        }
        for (Container container : pod.getSpec().getContainers()) {
            RunState state = containers.get(container.getName());
            if (endsForGood(state)) {
                finish(container, state, now);
            } else if (!state.completed()) {
                noticeEnd(container, state, now);
                startIfDue(container, state, now);
            }
        }
    }

    private boolean endsForGood(RunState state) {
        String policy = pod.getSpec().getRestartPolicy();
        return state.running()
                && !state.process().alive()
                && ("Never".equals(policy)
                        || "OnFailure".equals(policy) && state.process().exitCode() == 0);
    }

    private void finish(Container container, RunState state, Instant now) {
        int exitCode = state.process().exitCode();
        state.finish(exitCode, message(container, state, exitCode), now);
        if (containers.values().stream().allMatch(RunState::completed)) {
            forget();
        }
    }

    private static String message(Container container, RunState state, int exitCode) {
        boolean fromLog = "FallbackToLogsOnError".equals(container.getTerminationMessagePolicy());
        return fromLog && exitCode != 0 ? state.process().lastWords() : "";
    }

    /** True when the next container may start: this one has completed, or runs if it is a sidecar. */
    private boolean initialised(Container container, RunState state, Instant now)
            throws MountFailedException, IOException {
        boolean sidecar = "Always".equals(container.getRestartPolicy());
        boolean good =
                state.running() && !state.process().alive() && state.process().exitCode() == 0;
        if (good && !sidecar) {
            state.complete(now);
        }
        if (state.completed()) {
            return true;
        }
        noticeEnd(container, state, now);
        startIfDue(container, state, now);
        state.ready(sidecar);
        return sidecar && state.running();
    }

    private void noticeEnd(Container container, RunState state, Instant now) {
        if (state.running() && !state.process().alive()) {
            int exitCode = state.process().exitCode();
            state.ended(
                    exitCode,
                    message(container, state, exitCode),
                    container.getName() + " pod=" + pod.getMetadata().getName() + "_"
                            + pod.getMetadata().getNamespace() + "("
                            + pod.getMetadata().getUid() + ")",
                    now);
        }
    }

    private void startIfDue(Container container, RunState state, Instant now) throws MountFailedException, IOException {
        if (state.running()) {
            return;
        }
        if (state.paused(now)) {
            backOffFromPulling(container, state);
            return;
        }
        try {
            Image image = runtime.image(container);
            ContainerDevices devices = prepared(container);
            ContainerDevices edited = runtime.resolve(devices);
            state.started(runtime.start(container, image, devices, edited), now);
            resolved.put(container.getName(), edited);
        } catch (StartRefusedException e) {
            state.refused(e, now);
        }
    }

    private static void backOffFromPulling(Container container, RunState state) {
        if (state.waitingReason().equals(StartRefusedException.ERR_IMAGE_PULL)) {
            state.waitFor(
                    "ImagePullBackOff",
                    "Back-off pulling image \"" + container.getImage() + "\": " + StartRefusedException.ERR_IMAGE_PULL
                            + ": " + state.waitingMessage());
        }
    }

    private ContainerDevices prepared(Container container) throws StartRefusedException {
        ContainerDevices devices = given.getOrDefault(container.getName(), NOTHING);
        if (devices.deviceIds().isEmpty()) {
            return devices;
        }
        StartResult result = kubelet.startContainer(PodSpecification.of(pod), container.getName());
        if (result instanceof StartResult.ConfigError error) {
            throw new StartRefusedException("CreateContainerConfigError", error.message());
        }
        return devices;
    }

    /** Asks all processes to end, and kills them when the grace time is over. True when none is left. */
    boolean terminate(Instant now) {
        if (killAt == null) {
            killAt = now.plus(grace());
            processes().forEach(ContainerProcess::terminate);
        }
        if (!now.isBefore(killAt)) {
            processes().forEach(ContainerProcess::kill);
        }
        return processes().noneMatch(ContainerProcess::holdsOn);
    }

    /** Ends all processes: asks, waits for the pod's grace time, kills. */
    void stop() {
        processes().forEach(process -> process.stop(grace()));
        kubelet.removePod(PodSpecification.of(pod));
    }

    /** The kubelet may give its devices to others. */
    void forget() {
        kubelet.removePod(PodSpecification.of(pod));
    }

    /** Ends it for good, as a kubelet under pressure does. */
    void evict(String message) {
        processes().forEach(ContainerProcess::kill);
        failure = new Failure("Evicted", message);
    }

    /** The machine has lost its power. */
    void powerOff(Instant now) {
        processes().forEach(ContainerProcess::killAndWait);
        Stream.concat(containers.values().stream(), initContainers.values().stream())
                .forEach(state -> state.lost(now));
        admitted = false;
        nextAttempt = Instant.MIN;
    }

    private Duration grace() {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        return Duration.ofSeconds(seconds == null ? 30 : seconds);
    }

    private Stream<ContainerProcess> processes() {
        return Stream.concat(containers.values().stream(), initContainers.values().stream())
                .filter(RunState::running)
                .map(RunState::process);
    }

    /** Why it has ended for good; empty as long as it has not. */
    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    Map<String, RunState> containers() {
        return containers;
    }

    Map<String, RunState> initContainers() {
        return initContainers;
    }

    /**
     * What a container was given by device plugins, since its start with what its CDI names stand for; empty before
     * admission.
     */
    Optional<ContainerDevices> devices(String container) {
        return Optional.ofNullable(resolved.getOrDefault(container, given.get(container)));
    }
}
