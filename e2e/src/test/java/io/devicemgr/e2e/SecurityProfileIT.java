package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Agents with the security profile Restricted: real processes without capabilities, on a cluster that has SCCs. */
class SecurityProfileIT {
    private static final String SCC = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: securitycontextconstraints.security.openshift.io}
            spec:
              group: security.openshift.io
              scope: Cluster
              names: {plural: securitycontextconstraints, kind: SecurityContextConstraints}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;

    private static Line line;

    @BeforeAll
    static void start() throws IOException {
        line = Line.prepare();
        line.cluster().apiServer().applyYaml(SCC);
        line.startOperator();
    }

    @AfterAll
    static void stop() {
        line.close();
    }

    @Test
    void restrictedAgentDoesItsWorkWithoutAnyCapability() throws IOException {
        SimulatedNode node = line.node("plain", "plain", 2);
        DeploymentWatch watch = line.apply(restricted("plain", ""));
        line.awaitReady(watch);
        ContainerDevices given = node.kubelet()
                .admit(PodSpecification.of("user", "example.com/plain", 1))
                .containers()
                .values()
                .iterator()
                .next();
        assertThat(given.devices())
                .extracting(DeviceNode::containerPath)
                .first()
                .asString()
                .startsWith("/dev/plain");

        node.devices().unplug("/dev/plain1");
        line.await(watch, "loss listed", d -> Statuses.lists(d, "plain", "/dev/plain1"));
        node.devices().replug("/dev/plain1");
        line.awaitReady(watch);
        node.kubelet().restart();
        Line.eventually()
                .untilAsserted(() -> assertThat(node.kubelet().allocatable()).containsEntry("example.com/plain", 2));
        line.awaitReady(watch);
        node.kubelet().assertNoViolations();

        assumeThat(Files.isExecutable(Path.of("/usr/bin/setpriv"))).isTrue();
        String agent = line.agent("plain", "plain").getMetadata().getName();
        long process =
                node.processId(SimulatedCluster.NAMESPACE, agent, "agent").orElseThrow();
        assertThat(Files.readAllLines(Path.of("/proc/" + process + "/status")))
                .contains("CapEff:\t0000000000000000", "NoNewPrivs:\t1");
    }

    @Test
    void registrationByTheKubeletsPluginWatcherNeedsNoMore() throws IOException {
        SimulatedNode node = line.node("watched", "watched", 1);
        line.awaitReady(line.apply(restricted("watched", ", registration: PluginWatcher")));
        node.kubelet().assertNoViolations();
    }

    @Test
    void profileBringsTheRightToUseItsSccAndTakesTheOtherAway() throws IOException {
        line.node("switched", "switched", 1);
        DeploymentWatch watch = line.apply(restricted("switched", "").replace("Restricted", "Privileged"));
        line.awaitReady(watch);
        awaitSccRoles("switched", "system:openshift:scc:privileged");

        line.apply(restricted("switched", ""));
        awaitSccRoles("switched", "device-plugin-agent-scc");
        line.awaitReady(watch);
        assertThat(line.agent("switched", "switched").getMetadata().getAnnotations())
                .containsEntry("openshift.io/required-scc", "device-plugin-agent");

        line.apply(restricted("switched", "").replace("Restricted", "Privileged"));
        awaitSccRoles("switched", "system:openshift:scc:privileged");
    }

    @Test
    void whatNeedsPrivilegesIsRefused() {
        DeploymentWatch watch =
                line.apply(restricted("opens", "") + "    health: {probes: [{open: {mode: ReadOnly}}]}\n");
        line.awaitFalse(watch, ConditionType.SpecValid, ConditionReason.Invalid, "agent.securityProfile: Privileged");
    }

    private static void awaitSccRoles(String deployment, String... roles) {
        Line.eventually()
                .untilAsserted(() -> assertThat(bindings(deployment))
                        .extracting(binding -> binding.getRoleRef().getName())
                        .containsExactly(roles));
    }

    private static List<RoleBinding> bindings(String deployment) {
        return line.client()
                .rbac()
                .roleBindings()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withLabel("devicemgr.io/deployment", deployment)
                .list()
                .getItems();
    }

    private static String restricted(String name, String more) {
        return Line.manifest(name, "example.com/" + name, "/dev/" + name + "*", name)
                .replace(
                        "spec:\n",
                        "spec:\n  rollout: {strategy: AllAtOnce}\n  agent: {securityProfile: Restricted" + more
                                + "}\n");
    }
}
