package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.report.ReportServer;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.testkit.kubelet.Call;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.devicemgr.testkit.kubelet.ViolationKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node with a simulated kubelet, a device tree of links to harmless nodes of this machine, and an agent. */
final class AgentScene implements AutoCloseable {
    static final String SERIAL = "example.com/serial";
    static final String CAMERA = "example.com/camera";
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Set<ViolationKind> OF_THE_MACHINE =
            EnumSet.of(ViolationKind.LIST_RATE, ViolationKind.SLOW_FIRST_LIST, ViolationKind.SLOW_ALLOCATE);

    private final Path root;
    private final SimulatedKubelet kubelet;
    private final ReportServer reports;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AgentHost> agents = new ArrayList<>();
    private AgentHost agent;

    AgentScene() throws IOException {
        this(UnaryOperator.identity());
    }

    /** @param kubeletOptions changes the settings of the kubelet */
    AgentScene(UnaryOperator<SimulatedKubeletOptions> kubeletOptions) throws IOException {
        root = Files.createTempDirectory(Path.of("/tmp"), "agent");
        for (String name : List.of("dev", "device-plugins", "plugins_registry", "pod-resources", "account")) {
            Files.createDirectory(root.resolve(name));
        }
        Files.writeString(root.resolve("account/token"), "token");
        kubelet = new SimulatedKubelet(kubeletOptions.apply(
                SimulatedKubeletOptions.below(root).withPluginsRegistry(root.resolve("plugins_registry"))));
        reports = new ReportServer();
    }

    SimulatedKubelet kubelet() {
        return kubelet;
    }

    ReportServer reports() {
        return reports;
    }

    /** Puts a device into the tree; the target is a node of this machine. */
    void plug(String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve("dev").resolve(name), Path.of("/dev", target));
    }

    void unplug(String name) throws IOException {
        Files.delete(root.resolve("dev").resolve(name));
    }

    /** Starts an agent that offers ttyUSB* as serial and cam* as camera; earlier ones go on unless stopped. */
    AgentHost startAgent() throws IOException {
        return startAgent(AgentSpec.Registration.Register);
    }

    /** The same, registering in this way. */
    AgentHost startAgent(AgentSpec.Registration registration) throws IOException {
        return startAgent(new AgentSettings("lab", "uid", null, false, resources(), registration));
    }

    AgentHost startAgent(AgentSettings settings) throws IOException {
        Files.writeString(settingsFile(), settings.toJson());
        return startAgent(settingsFile(), () -> settings(settingsFile()));
    }

    /** Starts an agent with the settings that the reader reads; it follows changes of the file. */
    AgentHost startAgent(Path file, SettingsReader reader) throws IOException {
        try {
            SettingsFile settings = new SettingsFile(file, () -> config(reader.read()), config(reader.read()));
            agent = new AgentHost(settings, Clock.systemUTC());
            agent.start();
            agents.add(agent);
            new Thread(agent::follow, "follower").start();
            return agent;
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The settings that a file asks for, checked as at the start of the process. */
    AgentSettings settings(Path file) throws ConfigurationException {
        return AgentConfig.read(Map.of(
                        Environment.SETTINGS_FILE, file.toString(),
                        Environment.NODE_NAME, "node-1",
                        Environment.POD_IP, "127.0.0.1",
                        Environment.API_HOST, "127.0.0.1"))
                .settings();
    }

    Path settingsFile() {
        return root.resolve("settings.json");
    }

    Path root() {
        return root;
    }

    private AgentConfig config(AgentSettings settings) {
        return new AgentConfig(
                settings,
                "r1",
                "node-1",
                "127.0.0.1",
                0,
                root.resolve("device-plugins"),
                root.resolve("pod-resources/kubelet.sock"),
                root.resolve("plugins_registry"),
                root.resolve("dev"),
                root.resolve("sys"),
                root.resolve("cdi"),
                root.resolve("account"),
                reports.uri());
    }

    /** Where settings come from. */
    interface SettingsReader {
        AgentSettings read() throws ConfigurationException;
    }

    static List<DeviceResource> resources() {
        Allocation rule = new Allocation("rw", null, Map.of("PORTS", "$(DEVICE_PATHS)"), null, null, null, null);
        return List.of(
                new DeviceResource(SERIAL, List.of(DeviceSelector.path("/dev/ttyUSB*")), null, null, rule, null),
                new DeviceResource(CAMERA, List.of(DeviceSelector.path("/dev/cam*")), null, null, null, null));
    }

    /** What the agent knows of its devices now. */
    Inventory inventory() {
        return agent.situation().orElseThrow().inventory();
    }

    AgentHost agent() {
        return agent;
    }

    void stopAgent() {
        agent.close();
    }

    /** Health of the devices in the last list that the kubelet got, by id. */
    Map<String, String> listed(String resource) {
        return kubelet.devices(resource)
                .map(list -> list.devices().stream()
                        .collect(Collectors.toMap(device -> device.getID(), device -> device.getHealth())))
                .orElse(Map.of());
    }

    /** What the node would tell the scheduler: healthy devices of the resource. */
    int allocatable(String resource) {
        kubelet.statusTick();
        return kubelet.allocatable().getOrDefault(resource, -1);
    }

    void awaitAllocatable(String resource, int count) {
        await().atMost(LIMIT).until(() -> kubelet.isRunning() && allocatable(resource) == count);
    }

    /**
     * Waits for the registration that opens the stream of this number. What an earlier one left behind satisfies
     * {@link #awaitAllocatable}, but not this.
     */
    void awaitServed(String resource, int streams) {
        await().atMost(LIMIT).until(() -> kubelet.serves(resource, streams));
    }

    void awaitListed(String resource, Map<String, String> devices) {
        await().atMost(LIMIT).until(() -> listed(resource).equals(devices));
    }

    void awaitReady() {
        await().atMost(LIMIT).until(() -> get("/readyz").statusCode() == 200);
    }

    NodeDeviceReportStatus awaitReport(Predicate<NodeDeviceReportStatus> wanted) {
        return await().atMost(LIMIT).until(this::lastReport, report -> report != null && wanted.test(report));
    }

    /** Waits until the agent that was started last knows, and the report says, that the kubelet's own records show the devices. */
    void awaitVerified() {
        await().atMost(LIMIT)
                .until(() -> agent.situation()
                        .filter(situation -> situation.resources().stream()
                                .allMatch(resource -> Boolean.TRUE.equals(resource.verified())))
                        .isPresent());
        awaitReport(
                report -> report.resources().stream().allMatch(resource -> Boolean.TRUE.equals(resource.verified())));
    }

    private NodeDeviceReportStatus lastReport() {
        List<NodeDeviceReportStatus> written = new ArrayList<>(reports.written());
        return written.isEmpty() ? null : written.get(written.size() - 1);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + agent.port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    /** Sockets of plugins in the kubelet's directory. */
    List<String> pluginSockets() throws IOException {
        return sockets(pluginDirectory());
    }

    /** Sockets of plugins in a directory. */
    static List<String> sockets(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sock") && !name.equals("kubelet.sock"))
                    .toList();
        }
    }

    /** The socket that the last Register for the resource named. */
    Path pluginSocket(String resource) {
        List<Call> calls = kubelet.calls().of(Rpc.REGISTER, resource);
        return pluginDirectory().resolve(calls.get(calls.size() - 1).socket());
    }

    /** A file or directory of the node, for what a test needs besides devices. */
    Path file(String name) {
        return root.resolve(name);
    }

    Path pluginDirectory() {
        return root.resolve("device-plugins");
    }

    /** Directory of the plugin watcher. */
    Path registryDirectory() {
        return root.resolve("plugins_registry");
    }

    /** Ends everything; then the kubelet must have nothing to complain of but what a slow machine is to blame for too. */
    void judge() throws IOException {
        close();
        kubelet.assertNoViolations();
        assertThat(kubelet.warnings())
                .filteredOn(warning -> !OF_THE_MACHINE.contains(warning.kind()))
                .isEmpty();
    }

    @Override
    public void close() throws IOException {
        agents.forEach(AgentHost::close);
        kubelet.close();
        reports.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
