package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The OLM bundle that is checked in is what chart, definitions and examples say. */
class BundleTest {
    static final Path DIRECTORY = Line.project().resolve("bundle");
    private static final Set<String> SAID_BY_THE_CSV =
            Set.of("ClusterRole", "ClusterRoleBinding", "Deployment", "Role", "RoleBinding", "ServiceAccount");

    @Test
    void checkedInBundleIsWhatTheChartSays() throws IOException {
        Map<String, String> generated = Bundle.generate(Map.of());
        if (Boolean.getBoolean("bundle.write")) {
            write(generated);
        }
        Map<String, String> there = checkedIn();
        assertThat(there.keySet()).as("write it anew: see docs/install.md").isEqualTo(generated.keySet());
        generated.forEach((file, text) -> assertThat(there.get(file))
                .as(
                        "%s; write it anew with: mvn -pl e2e -am test -Dtest=BundleTest -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dbundle.write=true",
                        file)
                .isEqualTo(text));
    }

    /** In the ClusterServiceVersion, beside it in the bundle, or beside the bundle; but for the definitions, which are there as they are. */
    @Test
    void nothingOfTheChartIsLost() throws IOException {
        Map<String, String> there = checkedIn();
        String everything = String.join("\n", there.values());
        List<HasMetadata> objects = Chart.render();
        assertThat(objects).hasSizeGreaterThan(8);
        for (HasMetadata object : objects) {
            String what = object.getKind() + " " + object.getMetadata().getName();
            Map<String, String> annotations = object.getMetadata().getAnnotations();
            String named = "kind: \"?" + object.getKind() + "\"?\nmetadata:\n  name: \"?"
                    + Pattern.quote(object.getMetadata().getName()) + "\"?\n";
            if (annotations != null && annotations.containsKey("helm.sh/hook")) {
                assertThat(everything).as(what).doesNotContainPattern(named);
            } else if (object.getMetadata().getName().equals("device-plugin-operator")) {
                assertThat(SAID_BY_THE_CSV).as(what).contains(object.getKind());
            } else {
                assertThat(everything).as(what).containsPattern(named);
            }
        }
    }

    /** The operator may do what the chart lets it do. */
    @Test
    void rightsAreThoseOfTheChart() throws IOException {
        JsonNode install = BundleFiles.parse(checkedIn()).csv().at("/spec/install/spec");
        ObjectMapper json = new ObjectMapper();
        List<HasMetadata> objects = Chart.render();
        assertThat(install.at("/clusterPermissions/0/rules"))
                .isEqualTo(json.valueToTree(Chart.only(objects, ClusterRole.class, "device-plugin-operator")
                        .getRules()));
        assertThat(install.at("/permissions/0/rules"))
                .isEqualTo(json.valueToTree(Chart.only(objects, Role.class, "device-plugin-operator")
                        .getRules()));
    }

    /** All of the bundle but its sources, by path from its directory. */
    static Map<String, String> checkedIn() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path file : generatedFiles()) {
            texts.put(DIRECTORY.relativize(file).toString(), Files.readString(file));
        }
        return texts;
    }

    private static void write(Map<String, String> generated) throws IOException {
        for (Path file : generatedFiles()) {
            Files.delete(file);
        }
        for (Map.Entry<String, String> each : generated.entrySet()) {
            Path file = DIRECTORY.resolve(each.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, each.getValue());
        }
    }

    private static List<Path> generatedFiles() throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(DIRECTORY.resolve("source")))
                    .toList();
        }
    }
}
