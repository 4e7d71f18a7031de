package io.devicemgr.e2e;

import com.marcnuri.helm.Helm;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A release of a chart in an API server, by the real Helm engine. */
final class Release {
    static final String NAME = "device-plugin-operator";

    private final Path kubeconfig;
    private final String namespace;

    Release(SimulatedApiServer server, String namespace) {
        this.namespace = namespace;
        kubeconfig = temporary("kubeconfig", server.kubeconfig());
    }

    /** helm install --create-namespace with values as YAML, "" for the defaults; gives what it prints. */
    String install(Path chart, String values) {
        return new Helm(chart)
                .install()
                .withName(NAME)
                .withNamespace(namespace)
                .createNamespace()
                .withKubeConfig(kubeconfig)
                .withValuesFile(temporary("values", values))
                .call()
                .getOutput();
    }

    /** helm upgrade --reset-then-reuse-values, as docs/operations.md has it, with further values as YAML; gives what it prints. */
    String upgrade(Path chart, String values) {
        return new Helm(chart)
                .upgrade()
                .resetThenReuseValues()
                .withName(NAME)
                .withNamespace(namespace)
                .withKubeConfig(kubeconfig)
                .withValuesFile(temporary("values", values))
                .call()
                .getOutput();
    }

    /** helm test; fails as it does. */
    void test() {
        Helm.test(NAME).withNamespace(namespace).withKubeConfig(kubeconfig).call();
    }

    /** helm uninstall; gives what it prints. */
    String uninstall() {
        return Helm.uninstall(NAME)
                .withNamespace(namespace)
                .withKubeConfig(kubeconfig)
                .call();
    }

    /** A file with this text that goes with the JVM. */
    static Path temporary(String name, String text) {
        try {
            Path file = Files.createTempFile(name, ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
