package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.sandbox.Distribution;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** helm test: the operator's image looks at what was installed, as a pod of a cluster. */
class CheckedReleaseIT {
    private static final String NAMESPACE = SimulatedCluster.NAMESPACE;
    private static final String CHECK = "device-plugin-operator-check";

    @Test
    void installationIsFoundGoodAndWhatIsTakenAwayIsMissed() throws IOException {
        Set<String> asked = new ConcurrentSkipListSet<>();
        try (SimulatedCluster cluster = SimulatedCluster.empty(Duration.ofSeconds(1))) {
            Distribution built = Distribution.builtIn(Line.project());
            cluster.images().add("operator:built", built.operator());
            cluster.addNode("node", Map.of());
            cluster.apiServer().installOpenShift();
            cluster.apiServer().applyYaml(SECURITY_CONTEXT_CONSTRAINTS);
            cluster.apiServer().onAccessReview(request -> asked.add(right(request)));
            Release release = new Release(cluster.apiServer(), NAMESPACE);

            release.install(Chart.DIRECTORY, "image: {repository: operator, tag: built}");
            release.test();
            assertThat(check(cluster))
                    .as("a check that has gone well is cleared away")
                    .isNull();

            cluster.client()
                    .rbac()
                    .roles()
                    .inNamespace(NAMESPACE)
                    .withName(Release.NAME)
                    .delete();
            assertThatThrownBy(release::test).hasMessageContaining(CHECK + " failed");
            assertThat(log(cluster, check(cluster)))
                    .contains("FAIL  rights: the operator's service account lacks create for leases of"
                            + " coordination.k8s.io in its own namespace")
                    .contains("ok    definition of DevicePluginDeployment");
        }
        assertThat(asked)
                .as("the rights that the check asks for are those of the chart")
                .isEqualTo(rightsOfTheChart());
    }

    private static Pod check(SimulatedCluster cluster) {
        return cluster.client().pods().inNamespace(NAMESPACE).withName(CHECK).get();
    }

    private static String log(SimulatedCluster cluster, Pod pod) throws IOException {
        Path log = cluster.node(pod.getSpec().getNodeName()).log(CHECK, "check");
        return Files.readString(log);
    }

    private static Set<String> rightsOfTheChart() {
        List<HasMetadata> chart = Chart.render();
        Set<String> rights = new TreeSet<>();
        Chart.only(chart, ClusterRole.class, Release.NAME).getRules().forEach(rule -> add(rule, "", rights));
        Chart.only(chart, Role.class, Release.NAME).getRules().forEach(rule -> add(rule, NAMESPACE, rights));
        return rights;
    }

    private static void add(PolicyRule rule, String namespace, Set<String> rights) {
        List<String> names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
        for (String group : rule.getApiGroups()) {
            for (String resource : rule.getResources()) {
                for (String verb : rule.getVerbs()) {
                    names.forEach(name -> rights.add(String.join(" ", namespace, verb, group, resource, name)));
                }
            }
        }
    }

    private static String right(RequestInfo request) {
        String resource = Stream.of(request.resource(), request.subresource())
                .filter(part -> !part.isEmpty())
                .reduce((one, other) -> one + "/" + other)
                .orElseThrow();
        return String.join(" ", request.namespace(), request.verb(), request.group(), resource, request.name());
    }

    /** What tells that a cluster has them. */
    static final String SECURITY_CONTEXT_CONSTRAINTS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: securitycontextconstraints.security.openshift.io}
            spec:
              group: security.openshift.io
              scope: Cluster
              names: {plural: securitycontextconstraints, singular: securitycontextconstraints, kind: SecurityContextConstraints}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            """;
}
