package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example can be applied as it stands. */
class ExamplesIT {
    private static SimulatedCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofSeconds(1));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.walk(Line.project().resolve("examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsAcceptedAndExplained(Path example) throws IOException {
        assertThat(example.resolveSibling("README.md")).exists();
        GenericKubernetesResource object =
                Serialization.unmarshal(Files.readString(example), GenericKubernetesResource.class);
        cluster.client().resource(object).fieldManager("test").serverSideApply();
        DevicePluginDeployment stored = cluster.client()
                .resources(DevicePluginDeployment.class)
                .withName(object.getMetadata().getName())
                .get();
        assertThat(stored.getSpec().resources()).isNotEmpty();
    }
}
