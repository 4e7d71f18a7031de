package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: its Node object, its kubelet's Device Manager, its /dev, and the pods that are bound to it, run as processes of
 * this machine. One loop does everything that concerns pods.
 */
public final class SimulatedNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedNode.class);
    private static final Duration RESYNC = Duration.ofMillis(250);

    private final String name;
    private final KubernetesClient client;
    private final ImageStore images;
    private final PodNetwork network;
    private final Path root;
    private final NodeObject object;
    private final HostFiles host;
    private final DeviceTree devices;
    private final SimulatedKubelet kubelet;
    private final Map<String, RunningPod> pods = new LinkedHashMap<>();
    private final Map<String, PodStatus> written = new HashMap<>();
    private final Map<String, Instant> probedAt = new HashMap<>();
    private final ScheduledExecutorService loop;

    SimulatedNode(
            String name,
            KubernetesClient client,
            ImageStore images,
            PodNetwork network,
            Path root,
            UnaryOperator<SimulatedKubeletOptions> kubeletSettings)
            throws IOException {
        this.name = name;
        this.client = client;
        this.images = images;
        this.network = network;
        this.root = root;
        this.object = new NodeObject(client, name);
        this.host = new HostFiles(root);
        this.devices = new DeviceTree(host.create("/dev"));
        host.create("/sys");
        this.kubelet = new SimulatedKubelet(kubeletSettings.apply(
                SimulatedKubeletOptions.below(host.create("/var/lib/kubelet")).withPluginsRegistry(registry(host))));
        this.loop = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "node-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The node's name. */
    public String name() {
        return name;
    }

    /** The node's /dev, for plugging and unplugging. */
    public DeviceTree devices() {
        return devices;
    }

    /** The node's kubelet, for what only a kubelet sees and for what goes wrong with it. */
    public SimulatedKubelet kubelet() {
        return kubelet;
    }

    private static Path registry(HostFiles host) throws IOException {
        return host.create("/var/lib/kubelet/plugins_registry");
    }

    /**
     * Where an absolute path of the node is on this machine, for example {@code /sys/bus/usb/devices} or
     * {@code /var/run/cdi}. Everything is below the node's own directory, and empty at first.
     */
    public Path hostPath(String path) {
        return host.resolve(path);
    }

    /** From the next container on, the node's /dev and /sys are this machine's. */
    public void showMachineDevices() {
        host.showThrough("/dev", Path.of("/dev"));
        host.showThrough("/sys", Path.of("/sys"));
    }

    void start(Map<String, String> labels, String kubeletVersion) throws IOException {
        object.create(labels, kubeletVersion);
        kubelet.onNodeStatus(resources -> enqueue(() -> object.resources(resources)));
        kubelet.start();
        loop.scheduleWithFixedDelay(
                () -> guarded(this::sync), RESYNC.toMillis(), RESYNC.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says that the node is Ready or not, as the node controller would. */
    public void setReady(boolean ready) {
        object.ready(ready);
    }

    void podChanged(Pod pod) {
        enqueue(() -> {
            String uid = pod.getMetadata().getUid();
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                remove(uid, true);
            } else if (!pods.containsKey(uid)) {
                pods.put(uid, newPod(pod));
                sync();
            }
        });
    }

    void podGone(Pod pod) {
        enqueue(() -> remove(pod.getMetadata().getUid(), false));
    }

    private RunningPod newPod(Pod pod) {
        Path directory = root.resolve("pods").resolve(pod.getMetadata().getName());
        String address = network.newAddress();
        ContainerRuntime runtime = new ContainerRuntime(
                pod,
                address,
                URI.create(client.getConfiguration().getMasterUrl()),
                images,
                new PodVolumes(client, host, directory),
                host,
                directory,
                () -> enqueue(this::sync));
        return new RunningPod(pod, address, runtime, kubelet);
    }

    private void remove(String uid, boolean confirm) {
        RunningPod pod = pods.remove(uid);
        if (pod != null) {
            pod.stop();
            written.remove(uid);
            probedAt.keySet().removeIf(key -> key.startsWith(uid));
        }
        if (confirm && pod != null) {
            client.pods()
                    .inNamespace(pod.pod().getMetadata().getNamespace())
                    .withName(pod.pod().getMetadata().getName())
                    .withGracePeriod(0)
                    .delete();
        }
    }

    private void sync() {
        if (!kubelet.isRunning()) {
            return; // Containers go on without a kubelet, but nobody starts, probes or reports them.
        }
        Instant now = Instant.now();
        for (RunningPod pod : List.copyOf(pods.values())) {
            pod.sync(now);
            pod.pod().getSpec().getContainers().forEach(container -> probe(pod, container, now));
            writeStatus(pod, now);
        }
    }

    private void probe(RunningPod pod, Container container, Instant now) {
        RunState state = pod.containers().get(container.getName());
        String key = pod.pod().getMetadata().getUid() + "/" + container.getName();
        if (!state.running()) {
            probedAt.remove(key);
            return;
        }
        Instant last = probedAt.get(key);
        // Until the first success sooner than a kubelet would: nobody wants to watch a probe's period pass.
        Duration pause = state.ready() ? ReadinessCheck.period(container) : RESYNC;
        if (last == null || !now.isBefore(last.plus(pause))) {
            probedAt.put(key, now);
            state.ready(ReadinessCheck.passes(container, pod.podIp()));
        }
    }

    private void writeStatus(RunningPod pod, Instant now) {
        String uid = pod.pod().getMetadata().getUid();
        PodStatus previous = written.get(uid);
        Instant started =
                previous == null || previous.getStartTime() == null ? now : Instant.parse(previous.getStartTime());
        PodStatus status = PodStatusText.of(pod, started);
        if (status.equals(previous)) {
            return;
        }
        try {
            client.pods()
                    .inNamespace(pod.pod().getMetadata().getNamespace())
                    .withName(pod.pod().getMetadata().getName())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
            written.put(uid, status);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }

    private void enqueue(Runnable task) {
        if (!loop.isShutdown()) {
            loop.execute(() -> guarded(task));
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (KubernetesClientException e) {
            LOG.debug("{}: {}", name, e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("{}: {}", name, e.getMessage(), e);
        }
    }

    /** What device plugins gave to a container of a pod, with what its CDI names stood for at its last start; empty as long as the pod has not been admitted. */
    public Optional<ContainerDevices> containerDevices(String namespace, String pod, String container) {
        return onLoop(() -> find(namespace, pod).flatMap(p -> p.devices(container)));
    }

    /** Process id of a container; empty while it does not run. */
    public Optional<Long> processId(String namespace, String pod, String container) {
        return onLoop(() -> find(namespace, pod)
                .map(p -> p.containers().get(container))
                .filter(RunState::running)
                .map(state -> state.process().pid()));
    }

    /** Kills a container's process as the kernel would, without notice. */
    public void kill(String namespace, String pod, String container) {
        onLoop(() -> {
            find(namespace, pod)
                    .map(p -> p.containers().get(container))
                    .filter(RunState::running)
                    .ifPresent(state -> state.process().kill());
            return null;
        });
    }

    /** Where the output of a container is. */
    public Path log(String pod, String container) {
        return root.resolve("pods").resolve(pod).resolve(container + ".log");
    }

    private Optional<RunningPod> find(String namespace, String pod) {
        return pods.values().stream()
                .filter(p -> p.pod().getMetadata().getName().equals(pod)
                        && p.pod().getMetadata().getNamespace().equals(namespace))
                .findFirst();
    }

    private <T> T onLoop(Callable<T> task) {
        try {
            return loop.submit(task).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the pods as a kubelet that shuts its node down: they are asked to, and have their grace time. */
    @Override
    public void close() {
        onLoop(() -> {
            pods.values().parallelStream().forEach(RunningPod::stop);
            pods.clear();
            return null;
        });
        kubelet.close();
        loop.shutdownNow();
    }
}
