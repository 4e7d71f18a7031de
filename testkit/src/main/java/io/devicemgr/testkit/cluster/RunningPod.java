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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pod on its node: admission, volumes, init containers, processes, restarts. Only its node's loop calls it. */
final class RunningPod {
    private static final Logger LOG = LoggerFactory.getLogger(RunningPod.class);
    private static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(10);

    private final Pod pod;
    private final String podIp;
    private final URI apiServer;
    private final ImageStore images;
    private final PodVolumes volumes;
    private final SimulatedKubelet kubelet;
    private final Path directory;
    private final Runnable changed;
    private final Map<String, ContainerState> containers = new LinkedHashMap<>();
    private final Map<String, ContainerDevices> given = new HashMap<>();
    private final List<Container> initLeft = new ArrayList<>();
    private Optional<ContainerProcess> init = Optional.empty();
    private boolean admitted;
    private AdmissionResult.Rejected rejected;
    private Instant nextAttempt = Instant.MIN;

    RunningPod(
            Pod pod,
            String podIp,
            URI apiServer,
            ImageStore images,
            PodVolumes volumes,
            SimulatedKubelet kubelet,
            Path directory,
            Runnable changed) {
        this.pod = pod;
        this.podIp = podIp;
        this.apiServer = apiServer;
        this.images = images;
        this.volumes = volumes;
        this.kubelet = kubelet;
        this.directory = directory;
        this.changed = changed;
        initLeft.addAll(pod.getSpec().getInitContainers());
        pod.getSpec().getContainers().forEach(c -> containers.put(c.getName(), new ContainerState()));
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
            if (initialised()) {
                for (Container container : pod.getSpec().getContainers()) {
                    syncContainer(container, containers.get(container.getName()), now);
                }
            }
        } catch (MountFailedException | IOException e) {
            LOG.warn("{}: {}", pod.getMetadata().getName(), e.getMessage());
            containers.values().forEach(state -> state.wait("ContainerCreating", e.getMessage()));
            nextAttempt = now.plus(FIRST_RESTART_DELAY);
        }
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

    private boolean initialised() throws MountFailedException, IOException {
        while (!initLeft.isEmpty()) {
            if (init.isPresent() && init.get().alive()) {
                return false;
            }
            if (init.isPresent() && init.get().exitCode() == 0) {
                initLeft.remove(0);
                init = Optional.empty();
                continue;
            }
            Container container = initLeft.get(0);
            Optional<Image> image = images.find(container.getImage());
            if (image.isEmpty()) {
                containers.values().forEach(state -> state.wait("PodInitializing", pullMessage(container)));
                return false;
            }
            init = Optional.of(launch(container, image.get()));
        }
        return true;
    }

    private void syncContainer(Container container, ContainerState state, Instant now)
            throws MountFailedException, IOException {
        if (state.running() && !state.process().alive()) {
            state.ended(state.process().exitCode(), now);
        }
        if (state.running() || now.isBefore(state.restartAt())) {
            return;
        }
        Optional<Image> image = images.find(container.getImage());
        if (image.isEmpty()) {
            state.wait("ImagePullBackOff", pullMessage(container));
            return;
        }
        if (!given.getOrDefault(container.getName(), NOTHING).deviceIds().isEmpty()
                && kubelet.startContainer(PodSpecification.of(pod), container.getName())
                        instanceof StartResult.ConfigError error) {
            state.wait("CreateContainerConfigError", error.message());
            return;
        }
        state.started(launch(container, image.get()), now);
    }

    private static final ContainerDevices NOTHING =
            new ContainerDevices(Map.of(), Map.of(), List.of(), List.of(), Map.of(), List.of());

    private static String pullMessage(Container container) {
        return "Back-off pulling image \"" + container.getImage() + "\": ErrImagePull: not found";
    }

    private ContainerProcess launch(Container container, Image image) throws MountFailedException, IOException {
        ContainerMounts mounts = volumes.mount(pod, container);
        List<String> command =
                new ArrayList<>(container.getCommand().isEmpty() ? image.entrypoint() : container.getCommand());
        if (command.isEmpty()) {
            return ContainerProcess.idle();
        }
        command.addAll(container.getArgs());
        Map<String, String> environment = new HashMap<>(image.environment());
        environment.putAll(ContainerEnvironment.of(pod, container, podIp, apiServer, mounts));
        return ContainerProcess.start(
                command.stream().map(mounts::map).toList(),
                environment,
                directory.resolve(container.getName() + ".log"),
                changed);
    }

    /** Ends all processes: asks, waits for the pod's grace time, kills. */
    void stop() {
        Long seconds = pod.getSpec().getTerminationGracePeriodSeconds();
        Duration grace = Duration.ofSeconds(seconds == null ? 30 : seconds);
        init.ifPresent(process -> process.stop(grace));
        containers.values().stream()
                .filter(ContainerState::running)
                .forEach(state -> state.process().stop(grace));
        kubelet.removePod(PodSpecification.of(pod));
    }

    boolean isRejected() {
        return rejected != null;
    }

    AdmissionResult.Rejected rejection() {
        return rejected;
    }

    Map<String, ContainerState> containers() {
        return containers;
    }

    /** What a container was given by device plugins; empty before admission. */
    Optional<ContainerDevices> devices(String container) {
        return Optional.ofNullable(given.get(container));
    }

    /** State of one container. */
    static final class ContainerState {
        private ContainerProcess process;
        private Instant startedAt;
        private Instant restartAt = Instant.MIN;
        private Duration delay = FIRST_RESTART_DELAY;
        private String waitingReason = "ContainerCreating";
        private String waitingMessage = "";
        private Integer lastExitCode;
        private int restarts;
        private boolean ready;

        boolean running() {
            return process != null;
        }

        ContainerProcess process() {
            return process;
        }

        Instant startedAt() {
            return startedAt;
        }

        Instant restartAt() {
            return restartAt;
        }

        String waitingReason() {
            return waitingReason;
        }

        String waitingMessage() {
            return waitingMessage;
        }

        Integer lastExitCode() {
            return lastExitCode;
        }

        int restarts() {
            return restarts;
        }

        boolean ready() {
            return ready;
        }

        void ready(boolean now) {
            ready = now && running();
        }

        private void started(ContainerProcess newProcess, Instant now) {
            process = newProcess;
            startedAt = now;
            restarts += lastExitCode == null ? 0 : 1;
        }

        private void ended(int exitCode, Instant now) {
            process = null;
            ready = false;
            lastExitCode = exitCode;
            delay = Duration.between(startedAt, now).compareTo(LONGEST_RESTART_DELAY) > 0 ? FIRST_RESTART_DELAY : delay;
            restartAt = now.plus(delay);
            wait("CrashLoopBackOff", "back-off " + delay.toMillis() + "ms restarting failed container");
            delay = min(delay.multipliedBy(2), LONGEST_RESTART_DELAY);
        }

        private void wait(String reason, String message) {
            waitingReason = reason;
            waitingMessage = message == null ? "" : message;
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }
    }
}
