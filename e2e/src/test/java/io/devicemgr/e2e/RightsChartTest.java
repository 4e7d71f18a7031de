package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Collection;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What the chart gives to people, to agents and to nobody. */
class RightsChartTest {
    private static final String AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-";
    private static final List<HasMetadata> DEFAULTS = Chart.render();

    @Test
    void viewReadsAndAdminWritesDeploymentsButNoReports() {
        ClusterRole view = Chart.only(DEFAULTS, ClusterRole.class, "device-plugin-view");
        ClusterRole admin = Chart.only(DEFAULTS, ClusterRole.class, "device-plugin-admin");

        assertThat(view.getMetadata().getLabels()).containsEntry(AGGREGATE + "view", "true");
        assertThat(verbs(view, "deviceplugindeployments")).containsExactly("get", "list", "watch");
        assertThat(verbs(view, "nodedevicereports")).containsExactly("get", "list", "watch");
        assertThat(admin.getMetadata().getLabels()).containsEntry(AGGREGATE + "admin", "true");
        assertThat(verbs(admin, "deviceplugindeployments")).contains("create", "update", "patch", "delete");
        assertThat(verbs(admin, "nodedevicereports")).contains("delete").doesNotContain("create", "update", "patch");
        assertThat(DEFAULTS)
                .filteredOn(object -> object.getMetadata().getLabels() != null)
                .noneSatisfy(
                        object -> assertThat(object.getMetadata().getLabels()).containsKey(AGGREGATE + "edit"));
    }

    @Test
    void rolesStayWhenTheyAreNotAggregated() {
        List<HasMetadata> chart = Chart.render("rbac: {aggregate: {view: false, admin: false}}");
        assertThat(Chart.only(chart, ClusterRole.class, "device-plugin-view")
                        .getMetadata()
                        .getLabels())
                .doesNotContainKey(AGGREGATE + "view");
        assertThat(Chart.only(chart, ClusterRole.class, "device-plugin-admin")
                        .getMetadata()
                        .getLabels())
                .doesNotContainKey(AGGREGATE + "admin");
    }

    @Test
    void operatorBindsNothingButTheRolesOfAgents() {
        assertThat(Chart.only(DEFAULTS, ClusterRole.class, "device-plugin-operator")
                        .getRules())
                .filteredOn(rule -> rule.getVerbs().contains("bind"))
                .singleElement()
                .extracting(PolicyRule::getResourceNames)
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactlyInAnyOrder(
                        "device-plugin-agent", "device-plugin-agent-scc", "system:openshift:scc:privileged");
    }

    @Test
    void restrictedAgentsGetNoPrivilegeFromTheirScc() {
        assertThat(DEFAULTS).extracting(HasMetadata::getKind).doesNotContain("SecurityContextConstraints");
        List<HasMetadata> chart = Chart.render("openshift: {scc: always}");
        GenericKubernetesResource scc = Chart.only(chart, GenericKubernetesResource.class, "device-plugin-agent");
        assertThat(scc.getAdditionalProperties())
                .containsEntry("allowPrivilegedContainer", false)
                .containsEntry("allowPrivilegeEscalation", false)
                .containsEntry("allowHostDirVolumePlugin", true)
                .containsEntry("allowedCapabilities", List.of())
                .containsEntry("requiredDropCapabilities", List.of("ALL"))
                .containsEntry("seccompProfiles", List.of("runtime/default"));
        assertThat(Chart.only(chart, ClusterRole.class, "device-plugin-agent-scc")
                        .getRules())
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.getVerbs()).containsExactly("use");
                    assertThat(rule.getResourceNames()).containsExactly("device-plugin-agent");
                });
    }

    @Test
    void policyIsThereUnlessItIsNotWantedOrNotKnown() {
        String policy = "kind: ValidatingAdmissionPolicy";
        assertThat(Chart.yaml("")).contains(policy);
        assertThat(Chart.yaml("reportPolicy: {enabled: false}")).doesNotContain(policy);
        String old = new Helm(Chart.DIRECTORY)
                .template()
                .withName("test")
                .withNamespace(SimulatedCluster.NAMESPACE)
                .withKubeVersion("v1.29.9")
                .call();
        assertThat(old).doesNotContain(policy);
    }

    private static List<String> verbs(ClusterRole role, String resource) {
        return role.getRules().stream()
                .filter(rule -> rule.getResources().contains(resource))
                .map(PolicyRule::getVerbs)
                .flatMap(Collection::stream)
                .toList();
    }
}
