package io.devicemgr.testkit.kubelet;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Device Manager of a v1.36 kubelet on real Unix sockets: registration, lists, admission, PodResources, node status,
 * and the faults of the original. It also judges the plugins it talks to. Rules, facts and sections that comments of this
 * package name are those of docs/kubelet-contract.md.
 */
public final class SimulatedKubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedKubelet.class);

    private final ExecutorService executor;
    private final Optional<ScheduledExecutorService> statusUpdates;
    private final KubeletParts parts;
    private final Faults faults;
    private volatile KubeletProcess process;

    /** A kubelet that does not run yet. */
    public SimulatedKubelet(SimulatedKubeletOptions options) {
        executor = Executors.newCachedThreadPool(daemon("kubelet"));
        parts = new KubeletParts(
                options,
                new UnixSockets(),
                executor,
                new RandomOrder(options.seed()),
                new NodeState(),
                new CallLog(),
                new ViolationLog(),
                new ReceivedLists(),
                new FaultPlan());
        faults = new Faults(parts.faults(), options, this::running);
        statusUpdates = options.statusInterval().map(this::everyInterval);
    }

    private ScheduledExecutorService everyInterval(Duration interval) {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(daemon("kubelet-status"));
        scheduler.scheduleAtFixedRate(
                this::tickIfRunning, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        return scheduler;
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Loads the checkpoint, deletes every socket in the device plugin directory, then listens (section 2.3). */
    public synchronized void start() {
        if (process != null) {
            throw new IllegalStateException("The kubelet is running already");
        }
        process = new KubeletProcess(parts);
    }

    /** Ends in good order: the streams are closed and the sockets removed. Does nothing when it does not run. */
    public synchronized void stop() {
        if (process != null) {
            process.stop();
            process = null;
        }
    }

    /** Ends at once; the dead sockets stay. Does nothing when it does not run. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Kills and starts again. Containers go on running; call {@link #readmitPods()} for what a kubelet does next. */
    public void restart() {
        restart(() -> {});
    }

    /** The same with something happening before the clean-up, such as a plugin that makes its new socket too early. */
    public synchronized void restart(Runnable whileDown) {
        kill();
        whileDown.run();
        parts.node().sourcesReady(false);
        start();
    }

    /** Restarts the whole node: no container runs any more, pods and allocations are kept (rule 90). */
    public void reboot() {
        reboot(() -> {});
    }

    /**
     * The same with something happening before the kubelet starts, such as a plugin that is up first and finds the dead
     * sockets of the time before. The other order is to call {@link #readmitPods()} before the plugin is up.
     */
    public synchronized void reboot(Runnable beforeTheKubelet) {
        kill();
        parts.node().rebooted();
        beforeTheKubelet.run();
        parts.node().sourcesReady(false);
        start();
    }

    /** Admits all pods of the node again, as a kubelet does after its start. Results by pod uid. */
    public Map<String, AdmissionResult> readmitPods() {
        Map<String, AdmissionResult> results = new LinkedHashMap<>();
        for (PodSpecification pod : parts.order().shuffled(parts.node().pods())) {
            results.put(pod.uid(), admit(pod));
        }
        parts.node().sourcesReady(true);
        return results;
    }

    /** True between start and stop or kill. */
    public boolean isRunning() {
        return process != null;
    }

    /** Brings the node status up to date and returns it; a kubelet does so every 10 s (rule 47). */
    public Map<String, DeviceCount> statusTick() {
        running().manager().statusTick();
        return nodeStatus();
    }

    /**
     * One pass of the plugin watcher's loop, as a kubelet makes one every second (rule 33). Returns when all that it began
     * has ended, which takes 16 s with a plugin that never answers. Throws IllegalStateException without a registry
     * directory.
     */
    public void watcherTick() {
        PluginWatcher watcher = running()
                .watcher()
                .orElseThrow(() -> new IllegalStateException("The options name no registry directory"));
        watcher.pass().forEach(CompletableFuture::join);
    }

    private void tickIfRunning() {
        KubeletProcess current = process;
        try {
            if (current != null) {
                current.manager().statusTick();
            }
        } catch (RuntimeException e) {
            LOG.error("A node status listener failed; the kubelet will tick again", e);
        }
    }

    /** The node status as of the last tick, by resource name; a removed resource keeps its key with 0. */
    public Map<String, DeviceCount> nodeStatus() {
        return parts.node().status();
    }

    /** The capacities of {@link #nodeStatus()}. */
    public Map<String, Integer> capacity() {
        return nodeStatus().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().capacity()));
    }

    /** The allocatable counts of {@link #nodeStatus()}. */
    public Map<String, Integer> allocatable() {
        return nodeStatus().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().allocatable()));
    }

    /** Hears of the node status at every tick, on the ticking thread. */
    public void onNodeStatus(Consumer<Map<String, DeviceCount>> listener) {
        parts.node().listen(listener);
    }

    /**
     * Admits a pod that was bound to this node; blocks as long as the plugin's Allocate does (rule 65). Throws
     * IllegalStateException when the kubelet does not run or ends meanwhile.
     */
    public AdmissionResult admit(PodSpecification pod) {
        return running().admission().admit(pod);
    }

    /** Starts a container of an admitted pod; may be called again, which is a restart. */
    public StartResult startContainer(PodSpecification pod, String container) {
        return running().admission().start(pod, pod.container(container));
    }

    /** A restart of the container: PreStartContainer again, Allocate not (rules 67 and 74). */
    public StartResult restartContainer(PodSpecification pod, String container) {
        return startContainer(pod, container);
    }

    /**
     * Starts the containers of this name of several pods at the same time, as the kubelet's pod workers do (rules 12 and
     * 76). Results by pod uid.
     */
    public Map<String, StartResult> startContainers(Collection<PodSpecification> pods, String container) {
        Map<String, CompletableFuture<StartResult>> starts = new LinkedHashMap<>();
        pods.forEach(pod ->
                starts.put(pod.uid(), CompletableFuture.supplyAsync(() -> startContainer(pod, container), executor)));
        Map<String, StartResult> results = new LinkedHashMap<>();
        starts.forEach((uid, start) -> results.put(uid, start.join()));
        return results;
    }

    /** Calls to the plugin that registered last for the resource, past the Device Manager. */
    public PluginCalls pluginCalls(String resource) {
        return running()
                .connections()
                .newest(resource)
                .orElseThrow(() -> new IllegalStateException("No plugin has registered for " + resource))
                .calls();
    }

    /** The pod is finished or deleted. Its devices come free only when the kubelet next looks (fact 8, section 2.8). */
    public void removePod(PodSpecification pod) {
        parts.node().forget(pod.uid());
    }

    /** Health of the ids that a container holds, as in its status; a vanished id counts as healthy (rule 99d). */
    public Map<String, String> deviceHealth(PodSpecification pod, String container, String resource) {
        DeviceManager manager = running().manager();
        return manager.reading(() -> manager.podDevices().ids(pod.uid(), container, resource).stream()
                .flatMap(ids -> ids.stream())
                .collect(Collectors.toMap(
                        id -> id,
                        id -> manager.table()
                                .device(resource, id)
                                .filter(device -> !device.getHealth().equals(DeviceTable.HEALTHY))
                                .map(device -> "Unhealthy")
                                .orElse(DeviceTable.HEALTHY))));
    }

    /** Uids of the pods whose devices changed health since the last call; at most 100. */
    public List<String> drainPodUpdates() {
        return parts.node().drainPodUpdates();
    }

    /** The last list of the resource, whoever sent it, that the Device Manager has taken: it counts already. */
    public Optional<ReceivedList> devices(String resource) {
        return parts.lists().last(resource);
    }

    /**
     * Whether the Device Manager works with its newest stream for the resource: it has taken a list from it. Devices that an
     * earlier registration left behind are not enough, as they are for {@link #devices} and {@link #allocatable()}.
     *
     * @param streams how many ListAndWatch calls there must have been by then, over all restarts; more will do
     */
    public boolean serves(String resource, int streams) {
        List<Call> opened = calls().of(Rpc.LIST_AND_WATCH, resource);
        if (opened.size() < streams) {
            return false;
        }
        Call newest = opened.get(opened.size() - 1);
        return !newest.ended()
                && devices(resource)
                        .filter(list -> list.socket().equals(newest.socket()))
                        .isPresent();
    }

    /** Hears of every list when it arrives, which is before the Device Manager takes it. */
    public void onList(ListListener listener) {
        parts.lists().listen(listener);
    }

    /** Every call so far, over all restarts. */
    public CallLog calls() {
        return parts.calls();
    }

    /** Register calls that were answered with success. */
    public int registrations(String resource) {
        return (int) calls().of(Rpc.REGISTER, resource).stream()
                .filter(call -> call.ended() && call.error().isEmpty())
                .count();
    }

    /** ListAndWatch streams that are open right now. */
    public int openStreams(String resource) {
        KubeletProcess current = process;
        return current == null ? 0 : current.connections().openStreams(resource);
    }

    /** What plugins did wrong. */
    public List<Violation> violations() {
        return parts.violations().violations();
    }

    /** What plugins did that is unwise but legal. */
    public List<Violation> warnings() {
        return parts.violations().warnings();
    }

    /** Fails with the names of all violations, if there are any. */
    public void assertNoViolations() {
        if (!violations().isEmpty()) {
            throw new AssertionError("The plugin violated the kubelet's contract: " + violations());
        }
    }

    /** The switches for bad days. */
    public Faults faults() {
        return faults;
    }

    /** The settings it was made with. */
    public SimulatedKubeletOptions options() {
        return parts.options();
    }

    private KubeletProcess running() {
        KubeletProcess current = process;
        if (current == null) {
            throw new IllegalStateException("The kubelet does not run");
        }
        return current;
    }

    @Override
    public void close() {
        statusUpdates.ifPresent(ExecutorService::shutdownNow);
        stop();
        executor.shutdownNow();
        parts.sockets().close();
    }
}
