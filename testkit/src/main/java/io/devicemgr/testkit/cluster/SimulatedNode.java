package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
    private final NodePods pods;
    private final Runnable changed;
    private final ScheduledExecutorService loop;
    private Map<String, String> labels = Map.of();
    private String kubeletVersion = "";
    private boolean silent;

    SimulatedNode(
            String name,
            KubernetesClient client,
            ImageStore images,
            PodNetwork network,
            Path root,
            UnaryOperator<SimulatedKubeletOptions> kubeletSettings,
            Runnable changed)
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
        this.pods = new NodePods(client, kubelet, RESYNC, this::newPod);
        this.changed = changed;
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

    void start(Map<String, String> nodeLabels, String version) throws IOException {
        labels = Map.copyOf(nodeLabels);
        kubeletVersion = version;
        kubelet.start();
        object.register(labels, kubeletVersion);
        object.ready(true);
        kubelet.onNodeStatus(resources -> enqueue(() -> object.resources(resources)));
        loop.scheduleWithFixedDelay(
                () -> guarded(this::sync), RESYNC.toMillis(), RESYNC.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * The node says of itself that it is Ready or not; its kubelet and its pods go on. For a node that says nothing any
     * more, stop its kubelet or {@link #powerOff()}.
     */
    public void setReady(boolean ready) {
        object.ready(ready);
    }

    /** All that runs on the node ends without notice, and nobody tells the API server. */
    public void powerOff() {
        onLoop(() -> {
            kubelet.kill();
            pods.powerOff(Instant.now());
            return null;
        });
        changed.run();
    }

    /**
     * The machine starts again: the kubelet registers the node if its object is gone, then starts the containers of the pods
     * that the API server still has, and lets go those that were deleted meanwhile.
     */
    public void powerOn() {
        onLoop(() -> {
            kubelet.reboot();
            kubelet.readmitPods();
            silent = true;
            sync();
            return null;
        });
        changed.run();
    }

    /** Off and on again. */
    public void reboot() {
        powerOff();
        powerOn();
    }

    /** The kubelet ends a pod because the node is short of something. */
    public void evict(String namespace, String pod) {
        onLoop(() -> {
            find(namespace, pod)
                    .ifPresent(
                            p -> p.evict("The node was low on resource: memory. Threshold quantity: 100Mi, available:"
                                    + " 52164Ki. "));
            sync();
            return null;
        });
    }

    /** The kubelet speaks up, as it does every few seconds. */
    void postStatus() {
        enqueue(() -> {
            if (kubelet.isRunning()) {
                object.ready(true);
            }
        });
    }

    void podChanged(Pod pod) {
        enqueue(() -> {
            pods.known(pod);
            sync();
        });
    }

    void podGone(Pod pod) {
        enqueue(() -> {
            pods.gone(pod);
            sync();
        });
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

    private void sync() {
        boolean wasSilent = silent;
        silent = !kubelet.isRunning();
        if (wasSilent && !silent) {
            object.register(labels, kubeletVersion);
            object.ready(true);
        }
        pods.sync(Instant.now());
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
        return pods.find(namespace, pod);
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
            pods.stop();
            return null;
        });
        kubelet.close();
        loop.shutdownNow();
    }
}
