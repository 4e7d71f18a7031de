package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart in an API server: installed, upgraded, uninstalled and installed again by the real Helm engine. */
class ReleaseIT {
    private static final String NAMESPACE = "devices";
    /** Nobody runs the Job that ends an installation here. */
    private static final String WITHOUT_JOBS = "uninstall: {deleteDeployments: false}";
    /** Quicker, where they do not matter. */
    private static final String WITHOUT_DEFINITIONS = "crds: {install: false}";

    private static final String DEFINITION = "deviceplugindeployments.devicemgr.io";

    private final SimulatedApiServer server =
            SimulatedApiServer.builder().tls(true).build().start();
    private final KubernetesClient client =
            new KubernetesClientBuilder().withConfig(server.clientConfig()).build();
    private final Release release = new Release(server, NAMESPACE);

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void everythingRenderedIsThereUntilTheReleaseGoes() {
        release.install(Chart.DIRECTORY, WITHOUT_JOBS);
        List<HasMetadata> objects = inNamespace(Chart.render());
        assertThat(objects)
                .allSatisfy(object -> assertThat(client.resource(object).get()).isNotNull());

        release.upgrade(Chart.DIRECTORY, "replicas: 2\n" + WITHOUT_JOBS);
        assertThat(client.apps()
                        .deployments()
                        .inNamespace(NAMESPACE)
                        .withName(Release.NAME)
                        .get()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(2);

        assertThat(release.uninstall()).contains(DEFINITION);
        assertThat(objects)
                .filteredOn(object -> client.resource(object).get() != null)
                .allSatisfy(left -> assertThat(left).isInstanceOf(CustomResourceDefinition.class));
        assertThat(client.secrets().inNamespace(NAMESPACE).list().getItems()).isEmpty();
    }

    @Test
    void notesSayWhatThisClusterNeeds() {
        String notes = release.install(Chart.DIRECTORY, WITHOUT_DEFINITIONS);
        assertThat(notes)
                .contains("kubectl label --overwrite namespace devices pod-security.kubernetes.io/audit=privileged"
                        + " pod-security.kubernetes.io/enforce=privileged")
                .contains("There is one operator")
                .contains("OpenShift was not found")
                .contains("helm -n devices test device-plugin-operator");

        client.namespaces()
                .withName(NAMESPACE)
                .edit(namespace -> new NamespaceBuilder(namespace)
                        .editMetadata()
                        .addToLabels("pod-security.kubernetes.io/enforce", "privileged")
                        .endMetadata()
                        .build());
        server.installOpenShift();
        assertThat(release.upgrade(Chart.DIRECTORY, "replicas: 2\n" + WITHOUT_DEFINITIONS))
                .doesNotContain("kubectl label", "There is one operator")
                .contains("leave spec.kubeletConfig out");
        assertThat(release.upgrade(Chart.DIRECTORY, "replicas: 0\n" + WITHOUT_DEFINITIONS))
                .contains("nobody looks after the deployments");
    }

    @Test
    void namespaceIsNotTheReleasesToMake() {
        assertThatThrownBy(() -> release.install(Chart.DIRECTORY, "namespace: {create: true}"))
                .hasMessageContaining("namespace.create is for helm template")
                .hasMessageContaining(
                        "kubectl create namespace devices\n  kubectl label namespace devices pod-security");
    }

    @Test
    void definitionsOutliveTheReleaseAndTheNextOneTakesThemOver() {
        release.install(Chart.DIRECTORY, WITHOUT_JOBS);
        CustomResourceDefinition before = definition();
        release.uninstall();
        release.install(Chart.DIRECTORY, WITHOUT_JOBS);
        assertThat(definition().getMetadata().getUid())
                .isEqualTo(before.getMetadata().getUid());
        release.upgrade(Chart.DIRECTORY, "crds: {keep: false}\n" + WITHOUT_JOBS);
        release.uninstall();
        assertThat(definition()).isNull();
    }

    @Test
    void upgradeChangesDefinitions(@TempDir Path directory) throws IOException {
        release.install(withOlderDefinition(directory), "");
        assertThat(definition().getSpec().getNames().getShortNames()).isEmpty();
        release.upgrade(Chart.DIRECTORY, "");
        assertThat(definition().getSpec().getNames().getShortNames()).containsExactly("dpd");
    }

    /** A copy of the chart whose definition lacks the short name. */
    private static Path withOlderDefinition(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(Chart.DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = directory.resolve(Chart.DIRECTORY.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path file = directory.resolve("definitions/" + DEFINITION + ".yaml");
        String text = Files.readString(file);
        String older = text.replaceFirst("    shortNames:\n    - \"dpd\"\n", "");
        assertThat(older).isNotEqualTo(text);
        Files.writeString(file, older);
        return directory;
    }

    private CustomResourceDefinition definition() {
        return client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(DEFINITION)
                .get();
    }

    private static List<HasMetadata> inNamespace(List<HasMetadata> objects) {
        objects.stream()
                .filter(object -> object.getMetadata().getNamespace() != null)
                .forEach(object -> object.getMetadata().setNamespace(NAMESPACE));
        return objects;
    }
}
