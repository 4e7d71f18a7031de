package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An API server with our custom resources and the operator's account, and nothing else. It runs in this process. */
final class HollowCluster implements AutoCloseable {
    private static final String OPERATOR_TOKEN = "operator-token";
    /** Objects by the thousand change: what a watch can be resumed from must not fill the memory. */
    private static final int HISTORY = 5_000;

    private final SimulatedApiServer server =
            SimulatedApiServer.builder().tls(true).historySize(HISTORY).build().start();
    private final Path directory = Files.createTempDirectory("hollow");

    HollowCluster() throws IOException {
        for (String name :
                List.of("deviceplugindeployments.devicemgr.io.yaml", "nodedevicereports.devicemgr.io.yaml")) {
            try (InputStream yaml = HollowCluster.class.getResourceAsStream("/crds/" + name)) {
                server.applyYaml(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: " + SimulatedCluster.NAMESPACE + "}}");
        server.addToken(
                OPERATOR_TOKEN, SimulatedCluster.OPERATOR_USER, "system:serviceaccounts", "system:authenticated");
        Files.writeString(kubeconfig(), server.kubeconfig(OPERATOR_TOKEN));
    }

    SimulatedApiServer server() {
        return server;
    }

    /** The operator's. */
    Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
