package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.Example;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
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

    static List<Example> examples() {
        return Example.below(Line.project().resolve("examples"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsAcceptedAndStoredWhole(Example example) throws IOException {
        GenericKubernetesResource object =
                Serialization.unmarshal(Files.readString(example.file()), GenericKubernetesResource.class);
        cluster.client().resource(object).fieldManager("test").serverSideApply();
        DevicePluginDeployment stored = cluster.client()
                .resources(DevicePluginDeployment.class)
                .withName(object.getMetadata().getName())
                .get();
        assertThat(stored.getSpec()).isEqualTo(example.spec());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleIsExplainedUnderTheSameHeadings(Example example) throws IOException {
        assertThat(Files.readString(example.file().resolveSibling("README.md")))
                .startsWith("# ")
                .containsSubsequence(
                        "\n**What it shows.** ", "\n**Apply.**", "\n**Look.** ", "\n**Ask for a device.** ");
    }
}
