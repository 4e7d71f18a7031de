package io.devicemgr.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import io.devicemgr.agent.json.Json;
import io.devicemgr.agent.kubelet.TrainingKubelet;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
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
 * Takes one agent through everything that it does in its life, in a temporary directory and over the loopback interface. Run
 * at build time with -XX:ArchiveClassesAtExit: what is used here need not be read and verified again at each start.
 */
public final class AgentTraining {
    private static final char[] PASSWORD = "training".toCharArray();
    private static final int LIMIT_SECONDS = 20;

    private final Path root;
    private final CountDownLatch reports = new CountDownLatch(3);

    private AgentTraining(Path root) {
        this.root = root;
    }

    /** Exits with 0 when everything was used, and with 1 otherwise. */
    public static void main(String[] arguments) throws Exception {
        AgentLog.Preparation.run();
        Path root = Files.createTempDirectory("agent");
        boolean complete = false;
        try {
            complete = new AgentTraining(root).run();
        } finally {
            delete(root);
        }
        System.exit(complete ? 0 : 1);
    }

    private boolean run() throws IOException, GeneralSecurityException, InterruptedException, ConfigurationException {
        for (String name : List.of("dev", "plugins", "pods", "account")) {
            Files.createDirectory(root.resolve(name));
        }
        Path link = root.resolve("dev/training0");
        Files.createSymbolicLink(link, Path.of("/dev/null"));
        HttpServer api = apiServer();
        Map<String, String> environment = environment(api.getAddress().getPort());
        AgentConfig config = AgentConfig.read(environment);
        SettingsFile settings =
                new SettingsFile(root.resolve(AgentSettings.FILE_NAME), () -> AgentConfig.read(environment), config);
        AgentLog.level(config.settings().logLevel());
        try (TrainingKubelet kubelet = new TrainingKubelet(config.devicePluginsDir(), config.podResourcesSocket());
                AgentHost agent = new AgentHost(settings, Clock.systemUTC())) {
            agent.start();
            boolean allocated = kubelet.awaitAllocation(LIMIT_SECONDS);
            probe(agent, "/healthz");
            probe(agent, "/readyz");
            probe(agent, "/metrics");
            Files.delete(link);
            boolean reported = reports.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            return allocated && reported;
        } finally {
            api.stop(0);
        }
    }

    private Map<String, String> environment(int apiPort) throws IOException {
        DeviceResource resource = new DeviceResource(
                "example.com/training", List.of(DeviceSelector.path("/dev/training*")), null, null, null, null);
        AgentSettings settings = new AgentSettings("training", "", LogLevel.info, false, List.of(resource), null);
        Path file = root.resolve(AgentSettings.FILE_NAME);
        Files.writeString(file, Json.write(settings));
        Files.writeString(root.resolve("account/token"), "token");
        return Map.of(
                Environment.SETTINGS_FILE, file.toString(),
                Environment.NODE_NAME, "training",
                Environment.POD_IP, "127.0.0.1",
                Environment.HEALTH_PORT, "0",
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

    private static void probe(AgentHost agent, String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + agent.port() + path);
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
