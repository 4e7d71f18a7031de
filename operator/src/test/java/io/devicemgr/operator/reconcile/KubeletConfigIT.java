package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.PoolStatus;
import io.devicemgr.testkit.openshift.OpenShiftRelease;
import io.devicemgr.testkit.openshift.SimulatedMachineConfigOperator;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The operator beside a machine config operator that takes one step at a time. */
@Execution(ExecutionMode.CONCURRENT)
class KubeletConfigIT {
    private static final String CONFIGS = "kubeletconfigs.machineconfiguration.openshift.io";
    private static final String POOLS = "machineconfigpools.machineconfiguration.openshift.io";
    private static final String OURS = "devicemgr-lab";
    private static final String LABEL = "machineconfiguration.openshift.io: devicemgr";
    private static final String ASKED = asking(LABEL);

    private final World world = new World();
    private SimulatedMachineConfigOperator machineConfigs;

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void withoutTheApiNothingIsWrittenAndNothingIsWrong() {
        world.started().deploy("lab", SERIAL, ASKED);

        become("True MachineConfigUnavailable", "spec.kubeletConfig is ignored");
    }

    /** docs/openshift.md 2: the objects are served, but nobody acts on them. */
    @Test
    void withAHostedControlPlaneNothingIsWritten() {
        openShift(OpenShiftRelease.FROM_4_23);
        world.server.applyYaml("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: infrastructures.config.openshift.io}
                spec:
                  group: config.openshift.io
                  names: {kind: Infrastructure, listKind: InfrastructureList, plural: infrastructures, singular: infrastructure}
                  scope: Cluster
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """);
        world.server.applyYaml("{apiVersion: config.openshift.io/v1, kind: Infrastructure, metadata: {name: cluster},"
                + " status: {controlPlaneTopology: External}}");
        pool("worker", LABEL);
        world.started().deploy("lab", SERIAL, ASKED);

        become("True MachineConfigUnavailable", "the control plane of this cluster is hosted");
        assertThat(exists(OURS)).isFalse();
    }

    @Test
    void withoutAnyPoolNothingIsWrittenUntilOneComes() {
        openShift(OpenShiftRelease.FROM_4_23);
        world.started().deploy("lab", SERIAL, ASKED);
        become("True MachineConfigUnavailable", "this cluster has no MachineConfigPools");

        pool("worker", "");
        become("False NoMatchingPool", "oc label machineconfigpool <pool> machineconfiguration.openshift.io=devicemgr");
        assertThat(exists(OURS)).isFalse();
        eventually().until(() -> world.daemonSet("lab") != null);

        pool("worker", LABEL);
        become("False WaitingForPool", "has not looked at KubeletConfig devicemgr-lab yet");
        assertThat(exists(OURS)).isTrue();
    }

    /** docs/openshift.md 1.7: no node is touched, and the status does not wait for what never comes. */
    @ParameterizedTest
    @EnumSource(OpenShiftRelease.class)
    void theDocumentedObjectIsAppliedAsSoonAsItIsRendered(OpenShiftRelease release) {
        started(release);
        become("False WaitingForPool", "has not looked at KubeletConfig devicemgr-lab yet");

        machineConfigs.judge();
        become("False WaitingForPool", "pool worker has not taken up MachineConfig 99-worker-generated-kubelet yet");
        assertThat(status(0)).isEqualTo(new PoolStatus("worker", 3, 3, "Waiting"));

        machineConfigs.render();
        machineConfigs.report();
        become("True Applied", "KubeletConfig devicemgr-lab is in force on its pools; it changes no kubelet");
        assertThat(status(0)).isEqualTo(new PoolStatus("worker", 3, 3, "Updated"));
        assertThat(machineConfigs.startNode("worker")).as("a node to update").isFalse();
        assertThat(config().at("/metadata/finalizers")).hasSize(1);
        assertThat(writes()).isEqualTo(1);
        eventually().until(() -> hasEvent("KubeletConfigCreated") && hasEvent("KubeletConfigApplied"));
    }

    @Test
    void aRolloutIsFollowedNodeByNode() {
        applied(OpenShiftRelease.FROM_4_23);
        setByOthers("maxPods", "100");
        machineConfigs.judge();
        machineConfigs.render();
        machineConfigs.startNode("worker");
        machineConfigs.report();
        become("False WaitingForPool", "0/3 machines of pool worker are updated: w-1 Working; w-2 waits for its turn");

        machineConfigs.finishNode("worker");
        machineConfigs.report();
        become("False WaitingForPool", "1/3 machines of pool worker are updated: w-2 waits for its turn");
        assertThat(status(0)).isEqualTo(new PoolStatus("worker", 3, 1, "Updating"));

        machineConfigs.finishNode("worker");
        machineConfigs.report();
        become("False WaitingForPool", "2/3 machines of pool worker are updated: w-3 waits for its turn");

        machineConfigs.settle();
        become("True Applied", "with what others wrote into it (kubeletConfig.maxPods)");
    }

    @Test
    void aPausedPoolIsNamedWithWhoMustResumeIt() {
        applied(OpenShiftRelease.V4_22);
        pool("worker", LABEL, "paused: true");
        setByOthers("maxPods", "100");
        machineConfigs.settle();
        become("False PoolPaused", "pool worker is paused; its administrator must set its spec.paused to false: 0/3");
        assertThat(status(0)).isEqualTo(new PoolStatus("worker", 3, 0, "Paused"));
        eventually().until(() -> hasEvent("PoolPaused"));

        pool("worker", LABEL, "paused: false");
        machineConfigs.settle();
        become("True Applied", "");
    }

    @Test
    void aDegradedNodeIsNamedInTheMachineConfigOperatorsWords() {
        applied(OpenShiftRelease.FROM_4_23);
        machineConfigs.degradeNode("w-2", "unexpected on-disk state");
        machineConfigs.report();
        become("False PoolDegraded", "Node w-2 is reporting: \"unexpected on-disk state\"");
        assertThat(status(0).state()).isEqualTo("Degraded");
        assertThat(exists(OURS)).isTrue();

        machineConfigs.settle();
        become("True Applied", "");
    }

    /** docs/openshift.md 0.2: the pool is not rendered any more, and goes on saying Updated. */
    @ParameterizedTest
    @EnumSource(
            value = OpenShiftRelease.class,
            names = {"UP_TO_4_21", "FROM_4_23"})
    void aRejectionIsToldWithWhatToRemove(OpenShiftRelease release) {
        applied(release);
        setByOthers("featureGates", "{DevicePlugins: true}");
        machineConfigs.settle();
        become("False Rejected", "remove from its spec what is not the operator's: kubeletConfig.featureGates");
        assertThat(world.message("lab", "KubeletConfigured"))
                .endsWith("featureGates is not allowed to be set, but contains: map[DevicePlugins:true]");
        eventually().until(() -> hasEvent("Rejected"));

        world.server.objects().update(CONFIGS, "", OURS, found -> {
            found.withObject("/spec/kubeletConfig").remove("featureGates");
            return found;
        });
        machineConfigs.settle();
        become("True Applied", "it changes no kubelet");
    }

    @Test
    void whoStopsTheRenderingIsNamed() {
        openShift(OpenShiftRelease.FROM_4_23);
        pool("worker", LABEL);
        machineConfigs.settle();
        other("tuning", "{}");
        world.started().deploy("lab", SERIAL, ASKED);
        eventually().until(() -> exists(OURS));
        machineConfigs.settle();

        become("False WaitingForPool", "its rendering waits for KubeletConfig tuning");
    }

    @Test
    void somebodyElsesTuningOfThePoolIsLeftAlone() {
        openShift(OpenShiftRelease.FROM_4_23);
        pool("worker", LABEL);
        other("tuning", "{matchLabels: {" + LABEL + "}}");
        world.started().deploy("lab", SERIAL, ASKED);
        become("False PoolHasOtherKubeletConfig", "KubeletConfig tuning is on pool worker already");
        assertThat(world.message("lab", "Ready")).contains("tuning").contains("worker");
        assertThat(exists(OURS)).isFalse();

        world.server.objects().delete(CONFIGS, "", "tuning");
        eventually().until(() -> exists(OURS));
    }

    @Test
    void ofTwoDeploymentsForOnePoolTheSecondIsTold() {
        applied(OpenShiftRelease.FROM_4_23);
        world.deploy("second", "example.com/second", ASKED);
        eventually()
                .until(() -> world.condition("second", "KubeletConfigured").equals("False PoolHasOtherKubeletConfig"));

        assertThat(world.message("second", "KubeletConfigured")).contains("devicemgr-lab of deployment lab");
        assertThat(exists("devicemgr-second")).isFalse();
    }

    @Test
    void whenAnotherComesLaterOursIsLeftAndTheStatusSaysSo() {
        applied(OpenShiftRelease.FROM_4_23);
        other("tuning", "{matchLabels: {" + LABEL + "}}");
        machineConfigs.settle();
        become("False PoolHasOtherKubeletConfig", "devicemgr-lab is left as it is");
        assertThat(exists(OURS)).isTrue();
        assertThat(world.deployment("lab").getStatus().kubeletConfig().name()).isEqualTo(OURS);

        world.server.objects().delete(CONFIGS, "", "tuning");
        machineConfigs.settle();
        become("True Applied", "");
    }

    @Test
    void theObjectGoesWithTheSection() {
        applied(OpenShiftRelease.FROM_4_23);
        world.deploy("lab", SERIAL, "");
        become("True NotRequested", "devicemgr-lab is being deleted");

        machineConfigs.settle();
        become("True NotRequested", "no KubeletConfig is asked for; ");
        assertThat(exists(OURS)).isFalse();
        assertThat(machineConfigs.machineConfigs()).isEmpty();
        eventually().until(() -> hasEvent("KubeletConfigDeleted"));
    }

    @Test
    void theObjectGoesWithTheDeployment() {
        applied(OpenShiftRelease.FROM_4_23);
        world.client.resources(DevicePluginDeployment.class).withName("lab").delete();
        eventually().until(() -> config().at("/metadata").has("deletionTimestamp"));
        machineConfigs.judge();

        eventually().until(() -> !exists(OURS));
        assertThat(machineConfigs.machineConfigs()).isEmpty();
    }

    /** docs/openshift.md 1.6: in place it would leave a MachineConfig in the first pool. */
    @Test
    void anEditedSelectorLeavesNothingInThePoolThatItLeft() {
        applied(OpenShiftRelease.FROM_4_23);
        pool("infra", "tier: infra");
        machineConfigs.settle();
        world.deploy("lab", SERIAL, asking("tier: infra"));

        eventually().until(() -> {
            machineConfigs.settle();
            return machineConfigs.machineConfigs().equals(Set.of("99-infra-generated-kubelet"));
        });
        eventually().until(() -> status(0).name(), "infra"::equals);
        becomeWhileSettling("True Applied");
    }

    /** docs/openshift.md 1.6: the machine config operator does not look at pools by itself. */
    @Test
    void aPoolThatIsLabelledLaterIsTakenUp() {
        applied(OpenShiftRelease.FROM_4_23);
        pool("infra", LABEL);

        eventually().until(() -> {
            machineConfigs.settle();
            return machineConfigs.machineConfigs().size() == 2;
        });
        eventually()
                .until(
                        () -> world.deployment("lab").getStatus().kubeletConfig().pools().stream()
                                .map(PoolStatus::name)
                                .toList(),
                        List.of("infra", "worker")::equals);
        becomeWhileSettling("True Applied");
    }

    @Test
    void aNarrowedSelectorIsWidenedAgain() {
        applied(OpenShiftRelease.FROM_4_23);
        world.server.objects().update(CONFIGS, "", OURS, found -> {
            found.withObject("/spec/machineConfigPoolSelector/matchLabels").put("more", "labels");
            return found;
        });

        eventually()
                .until(() -> !config().at("/spec/machineConfigPoolSelector/matchLabels")
                        .has("more"));
    }

    @Test
    void aRefusedKubeletConfigIsToldAndKeepsNoAgentFromItsNode() {
        openShift(OpenShiftRelease.FROM_4_23);
        pool("worker", LABEL);
        world.server.failNext(
                3, r -> r.resource().equals("kubeletconfigs") && r.verb().equals("patch"), 403, 0);
        world.started().deploy("lab", SERIAL, ASKED);

        become("False Rejected", "KubeletConfig devicemgr-lab could not be written, and is tried again: ");
        eventually().until(() -> world.daemonSet("lab") != null);
        become("False WaitingForPool", "has not looked at");
    }

    private void openShift(OpenShiftRelease release) {
        world.server.installOpenShift();
        machineConfigs = new SimulatedMachineConfigOperator(world.server, release);
    }

    /** Three nodes in one pool, and the deployment has just been made. */
    private void started(OpenShiftRelease release) {
        openShift(release);
        world.node("w-1", 0);
        world.node("w-2", 0);
        world.node("w-3", 0);
        pool("worker", LABEL);
        machineConfigs.settle();
        world.started().deploy("lab", SERIAL, ASKED);
        eventually().until(() -> exists(OURS));
    }

    private void applied(OpenShiftRelease release) {
        started(release);
        machineConfigs.settle();
        become("True Applied", "");
    }

    private static String asking(String label) {
        return ", kubeletConfig: {machineConfigPoolSelector: {matchLabels: {" + label + "}}}";
    }

    private void become(String condition, String message) {
        eventually()
                .until(() -> world.condition("lab", "KubeletConfigured").equals(condition)
                        && world.message("lab", "KubeletConfigured").contains(message));
    }

    private void becomeWhileSettling(String condition) {
        eventually().until(() -> {
            machineConfigs.settle();
            return world.condition("lab", "KubeletConfigured").equals(condition);
        });
    }

    private PoolStatus status(int index) {
        return world.deployment("lab").getStatus().kubeletConfig().pools().get(index);
    }

    private boolean exists(String name) {
        return world.server.objects().get(CONFIGS, "", name).isPresent();
    }

    private JsonNode config() {
        return world.server.objects().get(CONFIGS, "", OURS).orElseThrow();
    }

    private long writes() {
        return world.server.requestCount(request -> request.resource().equals("kubeletconfigs")
                && !request.verb().equals("get")
                && !request.verb().equals("list")
                && !request.verb().equals("watch"));
    }

    private boolean hasEvent(String reason) {
        return world.client.v1().events().inNamespace("default").list().getItems().stream()
                .map(Event::getReason)
                .anyMatch(reason::equals);
    }

    private void pool(String name, String label) {
        pool(name, label, "paused: false");
    }

    private void pool(String name, String label, String spec) {
        String os = name.equals("worker") ? "linux" : name;
        world.server.applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: MachineConfigPool
                metadata: {name: %s, labels: {%s}}
                spec: {nodeSelector: {matchLabels: {kubernetes.io/os: %s}}, %s}
                """.formatted(name, label, os, spec));
        assertThat(world.server.objects().get(POOLS, "", name)).isPresent();
    }

    private void other(String name, String selector) {
        world.server.applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: KubeletConfig
                metadata: {name: %s}
                spec: {machineConfigPoolSelector: %s, kubeletConfig: {maxPods: 500}}
                """.formatted(name, selector));
    }

    /** Somebody edits our object. */
    private void setByOthers(String key, String value) {
        world.server.applyYaml("""
                apiVersion: machineconfiguration.openshift.io/v1
                kind: KubeletConfig
                metadata: {name: devicemgr-lab}
                spec: {kubeletConfig: {%s: %s}}
                """.formatted(key, value));
    }
}
