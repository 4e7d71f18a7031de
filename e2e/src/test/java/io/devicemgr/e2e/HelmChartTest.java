package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.Serialization;
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
    void definitionsAreThoseOfTheClassesAndOutliveTheRelease() throws IOException {
        List<HasMetadata> objects = Chart.render();
        try (Stream<Path> files = Files.list(Line.project().resolve("crds/yaml"))) {
            for (Path file : files.toList()) {
                CustomResourceDefinition source =
                        Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
                CustomResourceDefinition rendered = Chart.only(
                        objects,
                        CustomResourceDefinition.class,
                        source.getMetadata().getName());
                assertThat(rendered.getSpec())
                        .as("copy crds/yaml to helm/definitions")
                        .isEqualTo(source.getSpec());
                assertThat(rendered.getMetadata().getAnnotations()).containsEntry("helm.sh/resource-policy", "keep");
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
