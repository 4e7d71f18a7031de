package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An agent in a process of its own, as the image starts it, on a node that has nothing else. */
final class LoneAgent implements AutoCloseable {
    /** The one resource. */
    static final String RESOURCE = "example.com/bench";

    /** Devices are those whose names begin so. */
    static final String PREFIX = "bench";

    private static final int STOP_SECONDS = 10;

    private final Image image;
    private final Path root = Files.createTempDirectory(quietDirectory(), "lone");
    private final LoneApiServer apiServer;
    private final SimulatedKubelet kubelet;
    private final ListAwait lists = new ListAwait();
    private final int healthPort = freePort();
    private Process process;

    /** A node with a running kubelet and without devices; no agent runs yet. */
    LoneAgent(Image image) throws IOException {
        this.image = image;
        for (String name : List.of("dev", "sys", "device-plugins", "pod-resources", "account")) {
            Files.createDirectory(root.resolve(name));
        }
        apiServer = new LoneApiServer(root.resolve("account"));
        kubelet = new SimulatedKubelet(SimulatedKubeletOptions.below(root));
        kubelet.onList(lists);
        kubelet.start();
        AgentSettings settings = AgentSettings.fromJson("""
                {"deployment": "bench", "resources": [{"name": "%s", "discover": [{"path": {"glob": "/dev/%s*"}}]}]}""".formatted(RESOURCE, PREFIX));
        Files.writeString(root.resolve(AgentSettings.FILE_NAME), settings.toJson());
    }

    /** The node's /dev. */
    Path dev() {
        return root.resolve("dev");
    }

    SimulatedKubelet kubelet() {
        return kubelet;
    }

    LoneApiServer apiServer() {
        return apiServer;
    }

    ListAwait lists() {
        return lists;
    }

    /** Starts the agent; returns the milliseconds until the kubelet had its list of so many healthy devices. */
    double start(int devices) throws IOException {
        List<String> command = new ArrayList<>(image.entrypoint());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("agent.log").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment());
        lists.expect(list -> healthy(list) == devices);
        long start = System.nanoTime();
        process = builder.start();
        return lists.millisSince(start);
    }

    /** Devices of a list that can be allocated. */
    static long healthy(List<Device> list) {
        return list.stream()
                .filter(device -> device.getHealth().equals("Healthy"))
                .count();
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(image.environment());
        environment.put(
                Environment.SETTINGS_FILE, root.resolve(AgentSettings.FILE_NAME).toString());
        environment.put(Environment.NODE_NAME, "lone");
        environment.put(Environment.POD_IP, "127.0.0.1");
        environment.put(Environment.HEALTH_PORT, String.valueOf(healthPort));
        environment.put(
                Environment.DEVICE_PLUGINS_DIR, root.resolve("device-plugins").toString());
        environment.put(
                Environment.POD_RESOURCES_DIR, root.resolve("pod-resources").toString());
        environment.put(Environment.DEV_DIR, dev().toString());
        environment.put(Environment.SYS_DIR, root.resolve("sys").toString());
        environment.put(Environment.SERVICE_ACCOUNT_DIR, root.resolve("account").toString());
        environment.put(Environment.API_HOST, "127.0.0.1");
        environment.put(Environment.API_PORT, String.valueOf(apiServer.port()));
        return environment;
    }

    /** The agent's socket, as the kubelet was told it last. */
    Path socket() {
        List<Path> sockets = kubelet.calls().of(Rpc.REGISTER, RESOURCE).stream()
                .map(call -> root.resolve("device-plugins").resolve(call.socket()))
                .toList();
        return sockets.get(sockets.size() - 1);
    }

    /** Asks as the kubelet's probes do; returns whether the answer was 200. */
    boolean probe(String path) throws IOException {
        URL url = URI.create("http://127.0.0.1:" + healthPort + path).toURL();
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    /** The agent watches every step of its paths, and too much happens in /tmp: a node's directories are quiet. */
    private static Path quietDirectory() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of("/tmp");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    long pid() {
        return process.pid();
    }

    ProcessFigures figures() throws IOException {
        return ProcessFigures.of(process.pid());
    }

    /** Ends the agent as a kubelet would. */
    void stop() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the agent ends", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            stop();
        }
        kubelet.close();
        apiServer.close();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
