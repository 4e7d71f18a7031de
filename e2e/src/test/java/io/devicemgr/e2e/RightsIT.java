package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Operator and agents ask the API server for nothing that the chart does not allow them. */
class RightsIT {
    private static final String SERVICE_ACCOUNTS = "system:serviceaccount:" + SimulatedCluster.NAMESPACE + ":";

    private static final String APPLY =
            "a server-side apply that makes the object; the API server asks, not the operator";
    private static final String READ = "no more than list and watch show, which are needed";
    private static final String POOLS = "KubeletConfigs of pools that are there: KubeletConfigIT";
    private static final String ENDINGS = "what an earlier operator or an orphaning has left: DeletionIT";

    /** Rights of the operator that no request of this life needs, and what does. */
    private static final Map<String, String> NOT_SEEN_HERE = Map.ofEntries(
            Map.entry("bind clusterroles", "bindings of the agents; the API server asks, not the operator"),
            Map.entry("update deviceplugindeployments/finalizers", "owner references; OpenShift's API server asks"),
            Map.entry("create clusterrolebindings", APPLY),
            Map.entry("create daemonsets", APPLY),
            Map.entry("create rolebindings", APPLY),
            Map.entry("create serviceaccounts", APPLY),
            Map.entry("create kubeletconfigs", APPLY),
            Map.entry("patch kubeletconfigs", POOLS),
            Map.entry("delete kubeletconfigs", POOLS),
            Map.entry("get infrastructures", "clusters that serve config.openshift.io: KubeletConfigIT"),
            Map.entry("delete clusterrolebindings", ENDINGS),
            Map.entry("delete rolebindings", ENDINGS),
            Map.entry("delete serviceaccounts", ENDINGS),
            Map.entry("delete configmaps", "settings of old revisions and what deletions were noted in: DeletionIT"),
            Map.entry("patch nodes/status", "keys that kubelets let go minutes later: DeletionIT"),
            Map.entry("patch nodedevicereports/status", "reports that somebody deletes: ReportsIT"),
            Map.entry("create nodedevicereports", "notes of a trial on a node without a report: OperatorIT"),
            Map.entry("update events", "an event that repeats: OperatorIT"),
            Map.entry("get deviceplugindeployments", "an object of an owner that was replaced: DeletionIT"),
            Map.entry("get nodedevicereports", "reports that somebody deletes: ReportsIT"),
            Map.entry("get clusterrolebindings", READ),
            Map.entry("get rolebindings", READ),
            Map.entry("get serviceaccounts", READ),
            Map.entry("get configmaps", READ),
            Map.entry("get daemonsets", READ),
            Map.entry("get nodes", READ),
            Map.entry("get pods", READ),
            Map.entry("get kubeletconfigs", READ),
            Map.entry("get machineconfigpools", READ));

    @Test
    void chartAllowsWhatIsAskedFor() throws IOException {
        Set<RequestInfo> asked = ConcurrentHashMap.newKeySet();
        try (Line line = Line.prepare()) {
            line.cluster().apiServer().installOpenShift();
            line.cluster().apiServer().applyYaml(CheckedReleaseIT.SECURITY_CONTEXT_CONSTRAINTS);
            line.cluster()
                    .apiServer()
                    .applyYaml("{apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool,"
                            + " metadata: {name: worker}, spec: {}}");
            line.cluster().apiServer().onRequest(request -> asked.add(withoutName(request)));
            line.startOperator();
            playThrough(line);
        }
        List<HasMetadata> chart = Chart.render();
        List<PolicyRule> everywhere =
                Chart.only(chart, ClusterRole.class, "device-plugin-operator").getRules();
        List<PolicyRule> ownNamespace =
                Chart.only(chart, Role.class, "device-plugin-operator").getRules();
        List<PolicyRule> agents =
                Chart.only(chart, ClusterRole.class, "device-plugin-agent").getRules();

        assertThat(refused(asked, user -> user.equals(SimulatedCluster.OPERATOR_USER), request -> {
                    boolean own = request.namespace().equals(SimulatedCluster.NAMESPACE);
                    return allows(everywhere, request) || own && allows(ownNamespace, request);
                }))
                .as("what the chart does not allow the operator")
                .isEmpty();
        assertThat(refused(asked, user -> user.startsWith(SERVICE_ACCOUNTS + "devicemgr-"), r -> allows(agents, r)))
                .as("what the chart does not allow the agents")
                .isEmpty();
        assertThat(asked).anyMatch(request -> request.user().startsWith(SERVICE_ACCOUNTS + "devicemgr-"));
        Set<String> unused = new TreeSet<>();
        asked.removeIf(request -> !request.user().equals(SimulatedCluster.OPERATOR_USER));
        unused.addAll(unused(everywhere, asked));
        unused.addAll(unused(
                ownNamespace,
                asked.stream()
                        .filter(request -> request.namespace().equals(SimulatedCluster.NAMESPACE))
                        .collect(Collectors.toSet())));
        assertThat(NOT_SEEN_HERE.keySet())
                .as("what the chart allows the operator without need")
                .containsAll(unused);
        assertThat(all(everywhere, ownNamespace))
                .as("what is explained and not in the chart any more")
                .containsAll(NOT_SEEN_HERE.keySet());
    }

    private static Set<String> all(List<PolicyRule> some, List<PolicyRule> more) {
        Set<String> all = new TreeSet<>(unused(some, Set.of()));
        all.addAll(unused(more, Set.of()));
        return all;
    }

    /** What of the rules no request has needed, as "verb resource". */
    private static Set<String> unused(List<PolicyRule> rules, Set<RequestInfo> asked) {
        Set<String> unused = new TreeSet<>();
        for (PolicyRule rule : rules) {
            for (String resource : rule.getResources()) {
                for (String verb : rule.getVerbs()) {
                    PolicyRule one = new PolicyRuleBuilder(rule)
                            .withResources(resource)
                            .withVerbs(verb)
                            .build();
                    if (asked.stream().noneMatch(request -> allows(List.of(one), request))) {
                        unused.add(verb + " " + resource);
                    }
                }
            }
        }
        return unused;
    }

    /** A life: made, asking for a KubeletConfig in vain, a device lost and found, changed, deleted. */
    private static void playThrough(Line line) throws IOException {
        SimulatedNode node = line.node("node", "dev", 2);
        String manifest = Line.manifest("life", "example.com/life", "/dev/dev*", "node");
        DeploymentWatch watch = line.apply(manifest);
        line.awaitReady(watch);
        assertThat(line.agent("life", "node").getMetadata().getLabels())
                .as("the chart's NetworkPolicy for agents means them")
                .containsAllEntriesOf(Chart.only(
                                Chart.render("networkPolicy: {enabled: true}"),
                                NetworkPolicy.class,
                                "device-plugin-agent")
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels());
        node.devices().unplug("/dev/dev0");
        line.await(watch, "loss listed", d -> Statuses.lists(d, "node", "/dev/dev0"));
        node.devices().replug("/dev/dev0");
        line.awaitReady(watch);
        line.apply(manifest.replace(
                "spec:\n",
                "spec:\n  kubeletConfig: {machineConfigPoolSelector: {matchLabels: {no: pool}}}\n"
                        + "  agent: {logLevel: debug}\n"));
        line.awaitFalse(watch, ConditionType.KubeletConfigured, ConditionReason.NoMatchingPool, "");
        line.await(
                watch,
                "new revision",
                d -> Statuses.isTrue(d, ConditionType.AgentsReady)
                        && Statuses.isTrue(d, ConditionType.RolloutComplete));
        line.client().resource(watch.latest().orElseThrow()).delete();
        await().atMost(Line.LIMIT)
                .until(() -> line.client()
                        .pods()
                        .inNamespace(SimulatedCluster.NAMESPACE)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    private static RequestInfo withoutName(RequestInfo request) {
        return new RequestInfo(
                request.user(),
                request.verb(),
                request.group(),
                request.resource(),
                request.subresource(),
                request.namespace(),
                // Names of leases are in the rules.
                request.isLease() ? request.name() : "");
    }

    private static List<RequestInfo> refused(
            Set<RequestInfo> asked, Predicate<String> user, Predicate<RequestInfo> allowed) {
        return asked.stream()
                .filter(request -> !request.resource().isEmpty())
                .filter(request -> user.test(request.user()))
                .filter(allowed.negate())
                .toList();
    }

    private static boolean allows(List<PolicyRule> rules, RequestInfo request) {
        String resource =
                request.subresource().isEmpty() ? request.resource() : request.resource() + "/" + request.subresource();
        return rules.stream()
                .anyMatch(rule -> rule.getApiGroups().contains(request.group())
                        && rule.getResources().contains(resource)
                        && rule.getVerbs().contains(request.verb())
                        && (rule.getResourceNames().isEmpty()
                                || rule.getResourceNames().contains(request.name())));
    }
}
