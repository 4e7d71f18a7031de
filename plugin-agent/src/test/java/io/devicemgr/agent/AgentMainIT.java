package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.agent.AgentSettings.Environment;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own. */
class AgentMainIT {
    private static final int MORE_THAN_THREADS = 8;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process agent;
    private int port;

    @BeforeEach
    void minimum() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path settings = Files.writeString(
                directory.resolve("settings.json"), "{\"deployment\":\"lab\",\"discoverOnly\":true,\"resources\":[]}");
        environment.put(Environment.SETTINGS_FILE, settings.toString());
        environment.put(Environment.NODE_NAME, "node-1");
        environment.put(Environment.POD_IP, "127.0.0.1");
        environment.put(Environment.HEALTH_PORT, String.valueOf(port));
        environment.put(Environment.API_HOST, "127.0.0.1");
        environment.put(Environment.API_PORT, "1");
        environment.put(
                Environment.DEVICE_PLUGINS_DIR, directory.resolve("plugins").toString());
        environment.put(Environment.POD_RESOURCES_DIR, directory.resolve("pods").toString());
        environment.put(
                Environment.SERVICE_ACCOUNT_DIR, directory.resolve("account").toString());
    }

    @AfterEach
    void end() {
        agent.destroyForcibly();
    }

    @Test
    void clientsThatNeverEndTheirRequestsDoNotSilenceThePort() throws Exception {
        start("-Xmx64m");
        await().atMost(Duration.ofSeconds(60)).until(this::isHealthy);
        List<Socket> dawdlers = new ArrayList<>();
        try {
            for (int i = 0; i < MORE_THAN_THREADS; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                dawdlers.add(socket);
                socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.US_ASCII));
            }
            await().atMost(Duration.ofSeconds(60)).until(this::isHealthy);
        } finally {
            for (Socket socket : dawdlers) {
                socket.close();
            }
        }
    }

    @Test
    void anAgentThatFailsAtItsStartEndsAndSaysSo() throws Exception {
        start("-Djava.nio.channels.spi.SelectorProvider=not.there");
        assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(agent.exitValue()).isEqualTo(AgentMain.FAILED);
        assertThat(Files.readString(log())).contains("The agent has failed");
    }

    private void start(String option) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                option,
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName());
        builder.environment().clear();
        builder.environment().putAll(environment);
        agent = builder.redirectErrorStream(true).redirectOutput(log().toFile()).start();
    }

    private Path log() {
        return directory.resolve("agent.log");
    }

    private boolean isHealthy() throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/healthz");
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(1)).build();
            return http.send(request, BodyHandlers.ofString()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
