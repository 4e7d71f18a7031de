package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An API server would take everything that the chart renders: its schemas know every field and every type. */
class RenderedObjectsIT {
    private static final Set<String> TAKEN = ConcurrentHashMap.newKeySet();

    private static SimulatedApiServer server;
    private static KubernetesClient client;

    @BeforeAll
    static void start() {
        server = SimulatedApiServer.started();
        client = new KubernetesClientBuilder().withConfig(server.clientConfig()).build();
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: " + SimulatedCluster.NAMESPACE + "}}");
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    /** What many sets of values render alike is looked at once. */
    @ParameterizedTest
    @MethodSource("io.devicemgr.e2e.ChartValues#sets")
    void everyObjectIsTakenAndBelongsToTheRelease(String values) {
        assertThat(documents(Chart.yaml(values)).filter(TAKEN::add).toList()).allSatisfy(document -> {
            GenericKubernetesResource object = object(document);
            assertThat(object.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/instance", Release.NAME)
                    .containsKey("app.kubernetes.io/version");
            dryRun(object);
        });
    }

    /** What is written into the rendered text instead, and what the API server then says. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replicas: 1             | replica: 1             | .spec.replica: field not declared in schema",
                "replicas: 1             | replicas: one          | spec.replicas",
                "allowPrivilegeEscalation: false | allowPrivilegeEscalation: [] | allowPrivilegeEscalation",
                "verbs: [bind] | verb: [bind] | unknown field",
                "roleRef:                | roleReference:         | roleReference",
                "maxSkew: 1              | maxSkew: much          | maxSkew",
            })
    void mistakesAreSeen(String right, String wrong, String said) {
        String rendered = Chart.yaml("crds: {install: false}");
        assertThat(rendered).contains(right);
        List<GenericKubernetesResource> objects = documents(rendered.replace(right, wrong))
                .map(RenderedObjectsIT::object)
                .toList();
        assertThatThrownBy(() -> objects.forEach(RenderedObjectsIT::dryRun))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(said);
    }

    private static void dryRun(GenericKubernetesResource object) {
        client.resource(object).dryRun().fieldValidation(Validation.STRICT).serverSideApply();
    }

    private static Stream<String> documents(String yaml) {
        return Stream.of(yaml.split("(?m)^---$")).filter(document -> document.contains("kind:"));
    }

    private static GenericKubernetesResource object(String document) {
        return new KubernetesSerialization().unmarshal(document, GenericKubernetesResource.class);
    }
}
