package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart, by the real Helm engine. */
class HelmChartTest {
    private static final Path CHART = Chart.DIRECTORY;

    @Test
    void chartHasNothingToComplainAbout() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void crdsOfTheChartAreThoseOfTheClasses() throws IOException {
        Path sources = Line.project().resolve("crds/yaml");
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.toList()) {
                assertThat(CHART.resolve("crds").resolve(file.getFileName()))
                        .as("copy crds/yaml to helm/crds")
                        .hasSameTextualContentAs(file);
            }
        }
    }

    @Test
    void everythingRendersIntoKnownKinds() {
        List<HasMetadata> objects = Chart.render();
        assertThat(objects)
                .extracting(HasMetadata::getKind)
                .contains("ServiceAccount", "Deployment", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");
        Deployment operator = Chart.only(objects, Deployment.class, "device-plugin-operator");
        assertThat(operator.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getEnv())
                .anySatisfy(variable -> {
                    assertThat(variable.getName()).isEqualTo("AGENT_IMAGE");
                    assertThat(variable.getValue()).startsWith("device-plugin-agent:");
                });
    }

    @Test
    void agentsMayTouchNothingButReports() {
        ClusterRole role = Chart.only(Chart.render(), ClusterRole.class, "device-plugin-agent");
        assertThat(role.getRules()).allSatisfy(rule -> {
            assertThat(rule.getApiGroups()).containsExactly("devicemgr.io");
            assertThat(rule.getResources()).allMatch(resource -> resource.startsWith("nodedevicereports"));
            assertThat(rule.getVerbs()).isSubsetOf("get", "create", "patch");
        });
    }
}
