package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of an installation, by the real Helm engine, with operator, agents and the hook as processes. */
class UninstallIT {
    private static final String HOOK =
            "system:serviceaccount:" + SimulatedCluster.NAMESPACE + ":device-plugin-uninstall";
    private static final String RESOURCE = "example.com/end";

    private Installation installation;

    @AfterEach
    void kubeletsSawNoBreachOfTheirContract() {
        installation.close();
    }

    private SimulatedNode node(String name) throws IOException {
        return installation.node(name, "end", 2);
    }

    private DeploymentWatch ready() {
        DeploymentWatch watch = installation.apply(Line.manifest("end", RESOURCE, "/dev/end*", ""));
        installation.awaitReady(watch);
        return watch;
    }

    @Test
    void nothingIsLeftOfAnInstallation() throws Exception {
        installation = Installation.empty();
        SimulatedNode node = node("end-1");
        node("end-2");
        Set<String> before = Dump.of(installation.cluster());
        Set<RequestInfo> asked = ConcurrentHashMap.newKeySet();
        List<PolicyRule> everywhere = new CopyOnWriteArrayList<>();
        List<PolicyRule> ownNamespace = new CopyOnWriteArrayList<>();
        listen(everywhere, ownNamespace);
        installation.cluster().apiServer().onRequest(request -> {
            if (request.user().equals(HOOK)) {
                asked.add(request);
            }
        });
        installation.release().install(Chart.DIRECTORY, "{crds: {keep: false}, uninstall: {forgetResources: true}}");
        ready();
        assertThat(Dump.of(installation.cluster())).isNotEqualTo(before);

        CompletableFuture<String> uninstalled =
                CompletableFuture.supplyAsync(() -> installation.release().uninstall());
        Line.eventually().until(() -> !leftovers().isEmpty() && offered("end-1").equals(new Quantity("0")));
        installation.later(Duration.ofMinutes(6));
        Line.eventually().until(() -> node.kubelet().capacity().get(RESOURCE) == 0);
        // To the operator, too, it looks as if the time had passed; it looks once more when all keys are off.
        leftovers().forEach(UninstallIT.this::backdate);
        Line.eventually().until(() -> offered("end-1") == null && offered("end-2") == null);
        leftovers().forEach(UninstallIT.this::backdate);
        assertThat(uninstalled).succeedsWithin(Line.LIMIT);
        assertThat(asked)
                .isNotEmpty()
                .filteredOn(request -> !request.resource().isEmpty())
                .allMatch(
                        request -> allow(everywhere, request)
                                || request.namespace().equals(SimulatedCluster.NAMESPACE)
                                        && allow(ownNamespace, request),
                        "allowed to the hook by the chart");
        Line.eventually()
                .untilAsserted(() -> assertThat(Dump.of(installation.cluster())).isEqualTo(before));
    }

    /** The rules that the hook has while it runs. */
    private void listen(List<PolicyRule> everywhere, List<PolicyRule> ownNamespace) {
        KubernetesSerialization json = installation.cluster().client().getKubernetesSerialization();
        installation.cluster().apiServer().objects().onEvent(event -> {
            boolean hooks = event.object().at("/metadata/name").asText().equals("device-plugin-uninstall");
            if (hooks && event.type().equals("ADDED") && event.resource().equals("clusterroles")) {
                everywhere.addAll(
                        json.convertValue(event.object(), ClusterRole.class).getRules());
            } else if (hooks && event.type().equals("ADDED") && event.resource().equals("roles")) {
                ownNamespace.addAll(
                        json.convertValue(event.object(), Role.class).getRules());
            }
        });
    }

    private static boolean allow(List<PolicyRule> rules, RequestInfo request) {
        return rules.stream()
                .anyMatch(rule -> rule.getApiGroups().contains(request.group())
                        && rule.getResources().contains(request.resource())
                        && request.subresource().isEmpty()
                        && rule.getVerbs().contains(request.verb())
                        && (rule.getResourceNames().isEmpty()
                                || rule.getResourceNames().contains(request.name())));
    }

    private Quantity offered(String node) {
        return installation
                .cluster()
                .client()
                .nodes()
                .withName(node)
                .get()
                .getStatus()
                .getAllocatable()
                .get(RESOURCE);
    }

    private List<ConfigMap> leftovers() {
        return installation
                .cluster()
                .client()
                .configMaps()
                .inAnyNamespace()
                .withLabel("devicemgr.io/leftovers")
                .list()
                .getItems();
    }

    private void backdate(ConfigMap map) {
        String json = map.getData().get("leftovers.json");
        String since = json.replaceFirst(".*\"since\":\"([^\"]*)\".*", "$1");
        String earlier = Instant.parse(since).minus(Duration.ofMinutes(6)).toString();
        installation
                .cluster()
                .client()
                .resource(new ConfigMapBuilder(map)
                        .addToData("leftovers.json", json.replace(since, earlier))
                        .build())
                .update();
    }

    @Test
    void agentsGoOnWithoutAnOperatorWhereThatIsAskedFor() throws IOException {
        installation = Installation.empty();
        SimulatedNode node = node("end-1");
        Set<String> before = Dump.of(installation.cluster());
        installation.release().install(Chart.DIRECTORY, "uninstall: {deleteDeployments: false}");
        ready();
        installation.release().uninstall();
        Line.eventually().until(() -> installation.operators().isEmpty());
        assertThat(installation
                        .cluster()
                        .client()
                        .resources(DevicePluginDeployment.class)
                        .withName("end")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp())
                .isNull();
        assertThat(node.kubelet().allocatable()).containsEntry(RESOURCE, 2);

        // Installed again it takes them over, and the next end takes all of it along, but for the definitions.
        installation.release().install(Chart.DIRECTORY, "");
        Line.eventually().until(() -> !installation.operators().isEmpty());
        installation.release().uninstall();
        Line.eventually()
                .untilAsserted(() -> assertThat(Dump.of(installation.cluster()))
                        .filteredOn(line -> !before.contains(line))
                        .allMatch(line ->
                                line.startsWith("customresourcedefinitions ") || line.endsWith(" " + RESOURCE)));
        assertThat(offered("end-1")).isEqualTo(new Quantity("0"));
    }
}
