package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** An API server for one agent: its custom resource, its account, and a count of what it writes. */
final class LoneApiServer implements AutoCloseable {
    private static final String TOKEN = "agent-token";
    private static final String USER = "system:serviceaccount:bench:agent";

    private final SimulatedApiServer server =
            SimulatedApiServer.builder().tls(true).build().start();
    private final AtomicInteger writes = new AtomicInteger();

    /**
     * Starts the server.
     *
     * @param account directory that gets the token and the server's certificate
     */
    LoneApiServer(Path account) throws IOException {
        try (InputStream yaml = LoneApiServer.class.getResourceAsStream("/crds/nodedevicereports.devicemgr.io.yaml")) {
            server.applyYaml(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
        }
        server.addToken(TOKEN, USER, "system:serviceaccounts", "system:authenticated");
        server.onRequest(request -> {
            if (request.isWrite() && request.user().equals(USER)) {
                writes.incrementAndGet();
            }
        });
        Files.writeString(account.resolve("token"), TOKEN);
        Files.write(
                account.resolve("ca.crt"),
                Base64.getMimeDecoder().decode(server.clientConfig().getCaCertData()));
    }

    int port() {
        return server.port();
    }

    /** Writes of the agent so far. */
    int writes() {
        return writes.get();
    }

    @Override
    public void close() {
        server.close();
    }
}
