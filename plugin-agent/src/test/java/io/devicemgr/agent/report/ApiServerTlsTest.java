package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API server gets a certificate of another CA, as when the CA of a cluster is rotated. */
class ApiServerTlsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    Path directory;

    private final AtomicInteger answered = new AtomicInteger();
    private final Metrics metrics = new Metrics();
    private HttpsServer server;
    private ReportPublisher publisher;

    @AfterEach
    void stop() {
        publisher.close();
        server.stop(0);
    }

    @Test
    void anotherCaIsTrustedWhenItIsMountedAndNotBefore() throws Exception {
        KeyStore first = certificate("first");
        KeyStore second = certificate("second");
        Files.writeString(directory.resolve("token"), "token");
        mount(first);
        serve(0, first);
        int port = server.getAddress().getPort();
        publisher = new ReportPublisher(
                new ReportObject("lab", "uid", "node-1"),
                new ApiServer(URI.create("https://127.0.0.1:" + port), directory),
                new BackOff(RandomGenerator.of("L64X128MixRandom")),
                metrics);
        publisher.start(new CountDownLatch(0));
        publisher.publish(() -> status("1"));
        await().atMost(LIMIT).until(() -> answered.get() == 2);

        server.stop(0);
        serve(port, second);
        publisher.publish(() -> status("2"));
        await().atMost(LIMIT).until(() -> failures() >= 2);
        assertThat(answered)
                .as("nothing is said to a server that is not trusted")
                .hasValue(2);
        assertThat(publisher.trouble()).isEmpty();

        mount(second);
        await().atMost(LIMIT).until(() -> answered.get() == 3);
    }

    private double failures() {
        String line = "devicemgr_agent_report_writes_total{outcome=\"failed\"} ";
        String text = metrics.registry().text();
        int start = text.indexOf(line) + line.length();
        return Double.parseDouble(text.substring(start, text.indexOf('\n', start)));
    }

    private static NodeDeviceReportStatus status(String revision) {
        return new NodeDeviceReportStatus(null, revision, null, null, null, null, null, null, null, null);
    }

    /** As the kubelet does it: the file is another one afterwards. */
    private void mount(KeyStore store) throws IOException, GeneralSecurityException {
        String pem = Base64.getMimeEncoder()
                .encodeToString(store.getCertificate("server").getEncoded());
        Path file = Files.writeString(
                directory.resolve("new.crt"), "-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n");
        Files.move(file, directory.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void serve(int port, KeyStore store) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            answered.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** The JDK's own tool makes the certificate: there is no public API for it. */
    private KeyStore certificate(String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
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
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }
}
