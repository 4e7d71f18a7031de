package io.devicemgr.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.devicemgr.agent.json.Json;
import io.devicemgr.agent.kubelet.TrainingKubelet;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HealthChecks;
import io.devicemgr.api.v1alpha1.HealthProbe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The surroundings of an agent that is taken through everything that it does in its life, in a temporary directory and over
 * the loopback interface. Run at build time with the agent's command, which notes the classes that it loads: those need not
 * be read and verified again at each start. The surroundings are a process of their own, so that theirs are not among them.
 */
public final class AgentTraining {
    private static final char[] PASSWORD = "training".toCharArray();
    private static final int LIMIT_SECONDS = 30;

    private final Path root;
    private final int healthPort;
    private final CountDownLatch reports = new CountDownLatch(3);

    private AgentTraining(Path root) throws IOException {
        this.root = root;
        try (ServerSocket free = new ServerSocket(0)) {
            healthPort = free.getLocalPort();
        }
    }

    /**
     * Exits with 0 when everything was used, and with 1 otherwise.
     *
     * @param command the agent's program and arguments
     */
    public static void main(String[] command) throws Exception {
        AgentLog.Preparation.run();
        AgentLog.level(LogLevel.warn);
        Path root = Files.createTempDirectory("agent");
        boolean complete = false;
        try {
            complete = new AgentTraining(root).run(List.of(command));
        } finally {
            delete(root);
        }
        System.exit(complete ? 0 : 1);
    }

    private boolean run(List<String> command) throws IOException, GeneralSecurityException, InterruptedException {
        for (String name : List.of("dev", "plugins", "pods", "account")) {
            Files.createDirectory(root.resolve(name));
        }
        Path link = root.resolve("dev/training0");
        Files.createSymbolicLink(link, Path.of("/dev/null"));
        HttpServer api = apiServer();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(environment(api.getAddress().getPort()));
        try (TrainingKubelet kubelet =
                new TrainingKubelet(root.resolve("plugins"), root.resolve("pods/kubelet.sock"))) {
            Process agent = builder.start();
            boolean used = use(kubelet, link);
            agent.destroy();
            return agent.waitFor() == 0 && used;
        } finally {
            api.stop(0);
        }
    }

    private boolean use(TrainingKubelet kubelet, Path link) throws IOException, InterruptedException {
        if (!kubelet.awaitAllocation(LIMIT_SECONDS) || !reports.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            return false;
        }
        for (String path : List.of("/healthz", "/readyz", "/metrics")) {
            probe(path);
        }
        Files.delete(link);
        return kubelet.awaitLoss(LIMIT_SECONDS);
    }

    private Map<String, String> environment(int apiPort) throws IOException {
        HealthProbe open = new HealthProbe(new HealthProbe.Open(HealthProbe.Open.Mode.ReadWrite), null, null);
        DeviceResource resource = new DeviceResource(
                "example.com/training",
                List.of(DeviceSelector.path("/dev/training*")),
                null,
                new HealthChecks(1, null, null, List.of(open)),
                null,
                null);
        AgentSettings settings = new AgentSettings("training", "", LogLevel.info, false, List.of(resource), null);
        Path file = root.resolve(AgentSettings.FILE_NAME);
        Files.writeString(file, Json.write(settings));
        Files.writeString(root.resolve("account/token"), "token");
        return Map.of(
                Environment.SETTINGS_FILE, file.toString(),
                Environment.NODE_NAME, "training",
                Environment.POD_IP, "127.0.0.1",
                Environment.HEALTH_PORT, String.valueOf(healthPort),
                Environment.DEVICE_PLUGINS_DIR, root.resolve("plugins").toString(),
                Environment.POD_RESOURCES_DIR, root.resolve("pods").toString(),
                Environment.DEV_DIR, root.resolve("dev").toString(),
                Environment.SERVICE_ACCOUNT_DIR, root.resolve("account").toString(),
                Environment.API_HOST, "127.0.0.1",
                Environment.API_PORT, String.valueOf(apiPort));
    }

    private HttpServer apiServer() throws IOException, GeneralSecurityException, InterruptedException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate()));
        server.createContext("/", this::accept);
        server.start();
        return server;
    }

    private void accept(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
        }
        reports.countDown();
    }

    /** The JDK's own tool makes the certificate: there is no public API for it. */
    private SSLContext certificate() throws IOException, GeneralSecurityException, InterruptedException {
        Path file = root.resolve("key.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "training",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool has failed; the training needs a JDK");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        String pem = Base64.getMimeEncoder()
                .encodeToString(store.getCertificate("training").getEncoded());
        Files.writeString(
                root.resolve("account/ca.crt"),
                "-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private void probe(String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + healthPort + path);
        try (InputStream answer = uri.toURL().openStream()) {
            answer.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
