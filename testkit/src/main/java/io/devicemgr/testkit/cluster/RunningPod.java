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
    private AdmissionResult.Rejected rejected;
    private Instant nextAttempt = Instant.MIN;

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

    /** Moves the pod on as far as it goes now. */
    void sync(Instant now) {
        if (rejected != null || now.isBefore(nextAttempt)) {
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
            rejected = refusal;
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
            noticeEnd(state, now);
            startIfDue(container, state, now);
        }
    }

    /** True when the next container may start: this one has completed, or runs if it is a sidecar. */
    private boolean initialised(Container container, RunState state, Instant now)
            throws MountFailedException, IOException {
        boolean sidecar = "Always".equals(container.getRestartPolicy());
        boolean good =
                state.running() && !state.process().alive() && state.process().exitCode() == 0;
        if (good && !sidecar) {
            state.complete();
        }
        if (state.completed()) {
            return true;
        }
        noticeEnd(state, now);
        startIfDue(container, state, now);
        state.ready(sidecar);
        return sidecar && state.running();
    }

    private static void noticeEnd(RunState state, Instant now) {
        if (state.running() && !state.process().alive()) {
            state.ended(state.process().exitCode(), now);
        }
    }

    private void startIfDue(Container container, RunState state, Instant now) throws MountFailedException, IOException {
        if (state.running() || state.paused(now)) {
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

    /** Ends all processes: asks, waits for the pod's grace time, kills. */
    void stop() {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        Duration grace = Duration.ofSeconds(seconds == null ? 30 : seconds);
        Stream.concat(containers.values().stream(), initContainers.values().stream())
                .filter(RunState::running)
                .forEach(state -> state.process().stop(grace));
        kubelet.removePod(PodSpecification.of(pod));
    }

    boolean isRejected() {
        return rejected != null;
    }

    AdmissionResult.Rejected rejection() {
        return rejected;
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
