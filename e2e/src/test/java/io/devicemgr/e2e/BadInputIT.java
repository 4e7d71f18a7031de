package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Distribution;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong, a message names the culprit, nothing else stops working, and it heals when the cause goes. */
class BadInputIT {
    private static Line line;
    private static DeploymentWatch bystander;

    @BeforeAll
    static void startsWithABystanderThatWorks() throws IOException {
        line = Line.start();
        line.node("bystander", "fine", 1);
        bystander = line.apply(Line.manifest("bystander", "example.com/fine", "/dev/fine*", "bystander"));
        line.awaitReady(bystander);
    }

    @AfterAll
    static void bystanderStillWorks() {
        try {
            line.awaitReady(bystander);
        } finally {
            line.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cpu",
                "gpu",
                "hugepages-2Mi",
                "kubernetes.io/x",
                "foo.kubernetes.io/x",
                "notkubernetes.io/x",
                "deviceclass.resource.kubernetes.io/x",
                "requests.foo.com/x",
                "Foo.com/x",
                "foo_bar.com/x",
                "foo.com/",
                "/xy",
                "foo.com/a/b",
                "foo.com/-x",
                "foo.com/x-",
                "foo.com/x y"
            })
    void aNameThatAKubeletRefusesIsRefusedAtApply(String name) {
        assertThatThrownBy(() -> line.apply(Line.manifest("bad", name, "/dev/x*", "")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.resources[0].name")
                .hasMessageContaining("for example example.com/serial");
    }

    @ParameterizedTest
    @CsvSource({"64,1", "1,245"})
    void aNameThatIsTooLongIsRefusedAtApply(int name, int prefix) {
        String tooLong = "p".repeat(prefix) + "/" + "n".repeat(name);
        assertThatThrownBy(() -> line.apply(Line.manifest("bad", tooLong, "/dev/x*", "")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.resources[0].name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "dev/ttyUSB*", "/dev/../etc/*", "/dev//x", "/device"})
    void aGlobOutsideDevIsRefusedAtApply(String glob) {
        assertThatThrownBy(() -> line.apply(Line.manifest("bad", "example.com/bad", glob, "")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.resources[0].discover[0].path.glob")
                .hasMessageContaining("below /dev");
    }

    @Test
    void anEmptyPoolSelectorIsRefusedAtApply() {
        String manifest = Line.manifest("bad", "example.com/bad", "/dev/x*", "")
                .replace("spec:\n", "spec:\n  kubeletConfig: {machineConfigPoolSelector: {}}\n");
        assertThatThrownBy(() -> line.apply(manifest))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.kubeletConfig.machineConfigPoolSelector")
                .hasMessageContaining("must not be empty");
    }

    @Test
    void whatBelongsToAnotherStrategyIsRefusedAtApply() {
        String manifest = Line.manifest("bad", "example.com/bad", "/dev/x*", "")
                .replace("spec:\n", "spec:\n  rollout: {strategy: AllAtOnce, canary: {nodes: 1}}\n");
        assertThatThrownBy(() -> line.apply(manifest))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("canary, maxUnavailable and onFailure belong to strategy Staged");
    }

    @Test
    void aSelectorThatWouldMatchEverythingIsRefusedAtApply() {
        String manifest = Line.manifest("bad", "example.com/bad", "/dev/x*", "")
                .replace("- path: {glob: \"/dev/x*\"}", "- usb: {expose: [tty]}");
        assertThatThrownBy(() -> line.apply(manifest))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("vendorId or serialNumber must be given");
    }

    @Test
    void preparingADeviceThatOthersUseIsRefusedAtApply() {
        String manifest = Line.manifest("bad", "example.com/bad", "/dev/x*", "")
                .replace(
                        "    discover:",
                        "    sharing: {replicas: 2}\n    prepare: {command: [/bin/true]}\n    discover:");
        assertThatThrownBy(() -> line.apply(manifest))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("prepare needs a device that one container has for itself");
    }

    @Test
    void aMistakeIsNamedAndLeavesRunningWhatRanBefore() throws IOException {
        SimulatedNode node = line.node("mistaken", "mis", 1);
        String manifest = Line.manifest("mistaken", "example.com/mis", "/dev/mis*", "mistaken");
        DeploymentWatch watch = line.apply(manifest);
        line.awaitReady(watch);
        line.apply(manifest.replace(
                "spec:\n", "spec:\n  agent: {extraVolumeMounts: [{name: tools, mountPath: /tools}]}\n"));
        line.awaitFalse(watch, ConditionType.SpecValid, ConditionReason.Invalid, "no volume is named 'tools'");
        assertThat(node.kubelet().allocatable()).containsEntry("example.com/mis", 1);
        line.apply(manifest);
        line.awaitReady(watch);
    }

    @Test
    void theNewerOfTwoDeploymentsWithOneResourceGivesWay() throws IOException {
        line.node("contested", "both", 1);
        DeploymentWatch older = line.apply(Line.manifest("conflict-a", "example.com/both", "/dev/both*", "contested"));
        line.awaitReady(older);
        DeploymentWatch newer = line.apply(Line.manifest("conflict-b", "example.com/both", "/dev/both*", "contested"));
        line.awaitFalse(newer, ConditionType.SpecValid, ConditionReason.ResourceConflict, "conflict-a");
        line.awaitReady(older);
        line.client().resource(older.latest().orElseThrow()).delete();
        line.awaitReady(newer);
    }

    @Test
    void anImageThatDoesNotExistIsNamedAndHeals() throws IOException {
        line.node("imageless", "img", 1);
        String manifest = Line.manifest("no-image", "example.com/img", "/dev/img*", "imageless")
                .replace("spec:\n", "spec:\n  agent: {image: \"no/such:image\"}\n");
        DeploymentWatch watch = line.apply(manifest);
        line.awaitFalse(watch, ConditionType.AgentsReady, ConditionReason.AgentsUnavailable, "no/such:image");
        line.await(
                watch,
                "ImagePullBackOff told",
                d -> d.getStatus().nodeProblems().stream()
                        .anyMatch(problem -> problem.reason().equals("ImagePullBackOff")));
        line.cluster()
                .images()
                .add("no/such:image", Distribution.builtIn(Line.project()).agent());
        line.awaitReady(watch);
    }

    @Test
    void aKubeletThatIsNotThereIsNamedAndWaitedFor() throws IOException {
        SimulatedNode node = line.node("late-kubelet", "late", 1);
        DeploymentWatch watch =
                line.apply(Line.manifest("late-kubelet", "example.com/late", "/dev/late*", "late-kubelet"));
        line.awaitReady(watch);
        node.kubelet().stop();
        line.awaitFalse(watch, ConditionType.AgentsReady, ConditionReason.DeviceManagerSocketMissing, "late-kubelet");
        node.kubelet().start();
        line.awaitReady(watch);
    }

    @Test
    void aKubeletThatRefusesRegistrationIsQuotedAndTriedAgain() throws IOException {
        SimulatedNode node = line.node("refusing", "ref", 1);
        node.kubelet().faults().rejectRegistrations(Integer.MAX_VALUE, "no plugins on Sundays");
        DeploymentWatch watch = line.apply(Line.manifest("refusing", "example.com/ref", "/dev/ref*", "refusing"));
        line.awaitFalse(watch, ConditionType.AgentsReady, ConditionReason.AgentsUnavailable, "no plugins on Sundays");
        node.kubelet().faults().rejectRegistrations(0, "");
        line.awaitReady(watch);
        assertThat(node.kubelet().allocatable()).containsEntry("example.com/ref", 1);
    }

    @Test
    void aSelectorThatFindsNothingIsNoError() throws IOException {
        line.node("empty", "nothing", 0);
        DeploymentWatch watch = line.apply(Line.manifest("empty", "example.com/none", "/dev/none*", "empty"));
        line.awaitReady(watch);
        assertThat(Statuses.hasReason(
                        watch.latest().orElseThrow(), ConditionType.DevicesHealthy, ConditionReason.NoDevices))
                .isTrue();
    }
}
