package io.devicemgr.agent;

import io.devicemgr.agent.allocation.Allocator;
import io.devicemgr.agent.allocation.CdiFiles;
import io.devicemgr.agent.allocation.Preparer;
import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Holder;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.discovery.DeviceScanner;
import io.devicemgr.agent.discovery.DeviceTracker;
import io.devicemgr.agent.discovery.Roots;
import io.devicemgr.agent.health.Prober;
import io.devicemgr.agent.kubelet.KubeletSide;
import io.devicemgr.agent.kubelet.Reading;
import io.devicemgr.agent.kubelet.RegistrationStatus;
import io.devicemgr.agent.report.ReportObject;
import io.devicemgr.agent.report.ReportPublisher;
import io.devicemgr.agent.report.ReportStatus;
import io.devicemgr.agent.report.ResourceState;
import io.devicemgr.agent.report.Situation;
import io.devicemgr.agent.runtime.ChangeSource;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Heartbeat;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.agent.runtime.Uevents;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One agent, wired: devices on one side, the kubelet and the report on the other. */
final class Agent implements AutoCloseable {
    private static final Duration ADOPTION_DELAY = Duration.ofSeconds(5);
    private static final Duration CDI_CHECK = Duration.ofSeconds(30);

    /** Registration waits so long for the first verdicts of the probes; what is late is listed as unhealthy until it has one. */
    private static final Duration FIRST_PROBES = Duration.ofSeconds(1);

    private final AgentSettings settings;
    private final Clock clock;
    private final Instant started;
    private final InventoryStore store = new InventoryStore();
    private final DirectoryWatch watch;
    private final Uevents uevents = new Uevents();
    private final DeviceTracker tracker;
    private final Prober prober;
    private final CdiFiles cdi;
    private final KubeletSide kubelet;
    private final ReportStatus reportStatus;
    private final ReportPublisher publisher;
    private final CountDownLatch complete = new CountDownLatch(1);
    private final HealthTransitions transitions;
    private volatile String settingsError;
    private volatile Reading reading = new Reading(0, "not read yet", Map.of(), Map.of());

    /** @param watch becomes the agent's own, to be started and closed by it */
    Agent(AgentConfig config, Clock clock, Metrics metrics, DirectoryWatch watch) {
        this.watch = watch;
        this.transitions = new HealthTransitions(metrics, clock);
        this.settings = config.settings();
        this.clock = clock;
        this.started = clock.instant();
        this.tracker = new DeviceTracker(
                new DeviceScanner(new Roots(config.devDir(), config.sysDir()), settings.resources()),
                settings.resources(),
                store,
                watch,
                uevents,
                clock);
        this.prober = new Prober(settings.resources(), config.devDir(), config.sysDir(), store, clock, metrics);
        this.cdi = new CdiFiles(
                config.cdiDir(),
                settings.deployment(),
                settings.discoverOnly() ? List.of() : settings.resources(),
                store::current,
                this::report,
                CDI_CHECK);
        Preparer.Surroundings surroundings = new Preparer.Surroundings(
                store, tracker::look, new HostPaths(config.devDir(), config.sysDir()), metrics);
        List<Allocator> allocators = settings.discoverOnly()
                ? List.of()
                : settings.resources().stream()
                        .map(resource -> new Allocator(
                                resource, cdi.names(resource.name()), Preparer.of(resource, surroundings)))
                        .toList();
        Optional<Path> registry = settings.registration() == AgentSpec.Registration.PluginWatcher
                ? Optional.of(config.pluginsRegistryDir())
                : Optional.empty();
        this.kubelet = new KubeletSide(
                config.devicePluginsDir(), config.podResourcesSocket(), registry, allocators, store, watch, metrics);
        this.reportStatus = new ReportStatus(AgentVersion.current(), config.revision());
        this.publisher = new ReportPublisher(
                new ReportObject(settings.deployment(), settings.deploymentUid(), config.nodeName()),
                config.apiServer(),
                config.serviceAccountDir(),
                metrics);
    }

    /**
     * Before the start: takes over the devices that an earlier agent of this process has listed, so that no id vanishes that a
     * container may hold (contract rule 48).
     */
    void inherit(Agent before) {
        Set<String> offered =
                settings.resources().stream().map(DeviceResource::name).collect(Collectors.toSet());
        List<Device> devices = before.store.current().devices().stream()
                .filter(device -> offered.contains(device.resource()))
                .toList();
        if (!devices.isEmpty()) {
            store.update(nothing -> new Inventory(0, devices, List.of(), List.of()));
        }
    }

    /** Changed settings were refused, or, with null, taken back. */
    void settingsError(String message) {
        settingsError = message;
        report();
    }

    /** Looks at the devices, registers, then starts to report. */
    public void start() {
        cdi.start();
        // First of all: the specification of a device must be on disk before the device is handed out.
        store.onChange(inventory -> cdi.inventoryChanged());
        kubelet.listen(new Changes());
        watch.onModeChange(this::report);
        uevents.onModeChange(this::report);
        store.onChange(this::inventoryChanged);
        tracker.look();
        // What was inherited makes no change.
        cdi.inventoryChanged();
        prober.start();
        prober.awaitFirstRound(FIRST_PROBES);
        kubelet.start();
        watch.start();
        uevents.start();
        publisher.start(complete);
    }

    /** Asks the kubelet what it knows, as happens every minute. */
    void readPodResources() {
        kubelet.readPodResourcesAfter(Duration.ZERO);
    }

    /** Ends streams and server and removes the sockets, then stops everything else. */
    @Override
    public void close() {
        kubelet.close();
        cdi.close();
        publisher.close();
        prober.close();
        watch.close();
        uevents.close();
    }

    private void report() {
        publisher.publish(this::status);
    }

    private NodeDeviceReportStatus status() {
        return reportStatus.of(situation());
    }

    /** Everything that the agent knows now. */
    Situation situation() {
        return new Situation(
                store.current(),
                resources(),
                this::holders,
                kubelet.kubeletPresent(),
                ChangeSource.allEventDriven(watch, uevents),
                settingsError);
    }

    private List<Holder> holders(Device device) {
        return reading.holdersOf(device.resource(), device.id().value());
    }

    private List<ResourceState> resources() {
        if (settings.discoverOnly()) {
            return settings.resources().stream()
                    .map(resource -> new ResourceState(resource.name(), false, null, started, null, null))
                    .toList();
        }
        return kubelet.statuses().stream().map(this::state).toList();
    }

    private ResourceState state(RegistrationStatus status) {
        String errors = Stream.concat(Stream.ofNullable(status.lastError()), cdi.trouble(status.resource()).stream())
                .collect(Collectors.joining("; "));
        return new ResourceState(
                status.resource(),
                status.registered(),
                status.verified(),
                status.since(),
                errors.isEmpty() ? null : errors,
                kubelet.offered(status.resource()));
    }

    /** How often the device of a resource that was lost most often in the last hour was. */
    Map<String, Integer> mostLosses() {
        return transitions.mostLosses();
    }

    /** What keeps the agent from being ready. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (!store.current().scanned()) {
            missing.add("the devices have not been looked at yet");
        }
        for (RegistrationStatus status : kubelet.statuses()) {
            if (!status.registered()) {
                missing.add(status.resource() + " is not registered"
                        + (status.lastError() == null ? "" : ": " + status.lastError()));
            }
        }
        return missing;
    }

    /** What is wrong with the threads. Whoever has a thread of his own adds its {@link Heartbeat} here. */
    List<String> troubles() {
        return Stream.of(watch.trouble(), uevents.trouble(), prober.trouble(), kubelet.trouble(), publisher.trouble())
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Devices that are not there, or not the same, and that no container holds: what stands in their place takes over, and what
     * is long gone is dropped. They have been unhealthy long enough for an allocation that was under way to show in PodResources.
     */
    private void adopt(Reading newest) {
        Instant before = clock.instant().minus(ADOPTION_DELAY);
        Set<DeviceId> free = store.current().devices().stream()
                .filter(device -> !device.presence().isHealthy())
                .filter(device -> !device.presence().since().isAfter(before))
                .filter(device ->
                        newest.holdersOf(device.resource(), device.id().value()).isEmpty())
                .map(Device::id)
                .collect(Collectors.toSet());
        if (!free.isEmpty()) {
            tracker.look(free);
        }
    }

    private void inventoryChanged(Inventory inventory) {
        transitions.look(store.current());
        report();
        if (inventory.devices().stream().anyMatch(Agent::waitsForItsHolder)) {
            kubelet.readPodResourcesAfter(ADOPTION_DELAY.plusSeconds(1));
        }
    }

    private static boolean waitsForItsHolder(Device device) {
        Health.Reason reason = device.presence().reason();
        return reason == Health.Reason.REPLACED || reason == Health.Reason.RENUMBERED;
    }

    /** Brings what the kubelet says into the report. */
    private final class Changes implements KubeletSide.Listener {
        @Override
        public void registrationChanged() {
            if (missing().isEmpty()) {
                complete.countDown();
            }
            report();
        }

        @Override
        public void podResourcesRead(Reading newest) {
            if (newest.available()) {
                reading = newest;
                cdi.heldNow(newest.heldResources());
                adopt(newest);
                report();
            }
        }
    }
}
