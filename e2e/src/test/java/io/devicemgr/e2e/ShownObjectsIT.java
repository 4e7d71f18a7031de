package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.Example;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The objects that pages and examples show could be applied by whoever copies them. */
class ShownObjectsIT {
    private static final Pattern HERE = Pattern.compile("(?s)<<-? *['\"]?EOF['\"]?\\n(.*?)\\n *EOF");

    private static SimulatedCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofSeconds(1));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /**
     * An object that is shown.
     *
     * @param where it stands
     * @param object as it stands there
     */
    record Shown(String where, GenericKubernetesResource object) {
        @Override
        public String toString() {
            return where + " " + object.getKind() + " " + object.getMetadata().getName();
        }
    }

    /** Whole objects in blocks of YAML and in here-documents of commands, and the examples. */
    static List<Shown> objects() {
        Stream<Shown> pages = MarkdownPage.all().stream()
                .flatMap(page -> page.blocks().stream()
                        .flatMap(ShownObjectsIT::yaml)
                        .flatMap(yaml -> shown(page.toString(), yaml)));
        Stream<Shown> examples = Example.below(Line.project().resolve("examples")).stream()
                .flatMap(example -> Stream.of(example.file(), example.pod()))
                .filter(Files::exists)
                .flatMap(file -> shown(
                        Line.project().relativize(file).toString(),
                        MarkdownPage.read(file).text()));
        return Stream.concat(pages, examples).toList();
    }

    private static Stream<Shown> shown(String where, String yaml) {
        return Stream.of(yaml.split("(?m)^---.*$"))
                .filter(document -> document.contains("apiVersion:") && document.contains("kind:"))
                .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
                .filter(object -> DryRun.knows(object.getKind()))
                .map(object -> new Shown(where, object));
    }

    private static Stream<String> yaml(MarkdownPage.Block block) {
        return block.language().equals("yaml")
                ? Stream.of(block.code())
                : HERE.matcher(block.code()).results().map(here -> here.group(1));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void theApiServerAcceptsItWhole(Shown shown) {
        ObjectMapper json = new ObjectMapper();
        JsonNode stored = DryRun.of(cluster.client(), shown.object());
        assertThat(stored.get("kind").asText()).isEqualTo(shown.object().getKind());
        if (shown.object().getKind().equals("DevicePluginDeployment")) {
            assertThat(json.convertValue(stored, DevicePluginDeployment.class).getSpec())
                    .isEqualTo(json.convertValue(shown.object(), DevicePluginDeployment.class)
                            .getSpec());
        }
    }

    /** A part of a spec, in a block whose first line says where it belongs: {@code ```yaml spec.resources[0]}. */
    static List<MarkdownPage.Block> parts() {
        return MarkdownPage.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.place().startsWith("spec"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void theApiServerAcceptsItInItsPlace(MarkdownPage.Block part) {
        assertThat(DryRun.of(cluster.client(), whole(part))).isNotNull();
    }

    private static GenericKubernetesResource whole(MarkdownPage.Block part) {
        String resource = "name: example.com/whole\ndiscover: [{path: {glob: /dev/null}}]";
        String spec = switch (part.place()) {
            case "spec" -> part.code() + (part.code().contains("resources:") ? "" : inResources(resource));
            case "spec.resources[0]" ->
                inResources(
                        part.code().contains("discover:")
                                ? "name: example.com/whole\n" + part.code()
                                : resource + "\n" + part.code());
            default -> throw new IllegalArgumentException("no place for " + part.place());
        };
        return Serialization.unmarshal(
                "apiVersion: devicemgr.io/v1alpha1\nkind: DevicePluginDeployment\nmetadata: {name: part}\nspec:\n"
                        + spec.indent(2),
                GenericKubernetesResource.class);
    }

    private static String inResources(String resource) {
        return "\nresources:\n-\n" + resource.indent(2);
    }

    @Test
    void whatTheApiServerDoesNotKnowIsRefused() {
        for (String wrong : List.of("""
                apiVersion: devicemgr.io/v1alpha1
                kind: DevicePluginDeployment
                metadata: {name: wrong}
                spec: {resources: [{name: example.com/x, discover: [{path: {glob: /dev/null}}]}], discoverOnyl: true}
                """, """
                apiVersion: v1
                kind: Pod
                metadata: {name: wrong}
                spec: {containers: [{name: x, image: x, resorces: {}}]}
                """)) {
            assertThatThrownBy(() -> DryRun.of(
                            cluster.client(), Serialization.unmarshal(wrong, GenericKubernetesResource.class)))
                    .as(wrong)
                    .hasMessageContaining("unknown field");
        }
    }
}
