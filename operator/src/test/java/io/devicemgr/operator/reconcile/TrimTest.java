package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrimTest {
    @Test
    void aNodeKeepsWhatPlacementRolloutAndStatusLookAt() {
        Node kept = Trim.node(node("1", "3", true));

        assertThat(kept.getMetadata().getName()).isEqualTo("w-1");
        assertThat(kept.getMetadata().getLabels()).containsEntry("kubernetes.io/os", "linux");
        assertThat(kept.getMetadata().getCreationTimestamp()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(kept.getSpec().getTaints()).hasSize(1);
        assertThat(kept.getSpec().getUnschedulable()).isTrue();
        assertThat(kept.getStatus().getConditions())
                .extracting(condition -> condition.getType() + "=" + condition.getStatus())
                .containsExactly("Ready=True");
        assertThat(kept.getStatus().getAllocatable())
                .containsExactly(Map.entry("example.com/serial", new Quantity("3")));
    }

    @Test
    void aNodeLosesImagesAnnotationsManagedFieldsAndHeartbeats() {
        Node kept = Trim.node(node("1", "3", true));

        assertThat(kept.getStatus().getImages()).isEmpty();
        assertThat(kept.getMetadata().getAnnotations()).isEmpty();
        assertThat(kept.getMetadata().getManagedFields()).isEmpty();
        assertThat(kept.getStatus().getConditions().get(0).getLastHeartbeatTime())
                .isNull();
    }

    @Test
    void heartbeatsImagesAndMemoryOfANodeDoNotMatter() {
        Node before = Trim.node(node("1", "3", true));
        Node beat = new NodeBuilder(node("2", "3", true))
                .editStatus()
                .editFirstCondition()
                .withLastHeartbeatTime("2026-01-01T00:05:00Z")
                .endCondition()
                .addToAllocatable("memory", new Quantity("7Gi"))
                .addNewImage()
                .addToNames("another:1")
                .endImage()
                .endStatus()
                .build();

        assertThat(Changes.matter(beat, before)).isFalse();
    }

    @Test
    void readinessCordonDevicesLabelsAndTaintsOfANodeMatter() {
        Node before = Trim.node(node("1", "3", true));

        assertThat(Changes.matter(node("2", "2", true), before)).isTrue();
        assertThat(Changes.matter(node("2", "3", false), before)).isTrue();
        assertThat(Changes.matter(
                        new NodeBuilder(node("2", "3", true))
                                .editSpec()
                                .withUnschedulable(false)
                                .endSpec()
                                .build(),
                        before))
                .isTrue();
        assertThat(Changes.matter(
                        new NodeBuilder(node("2", "3", true))
                                .editSpec()
                                .withTaints()
                                .endSpec()
                                .build(),
                        before))
                .isTrue();
        assertThat(Changes.matter(
                        new NodeBuilder(node("2", "3", true))
                                .editMetadata()
                                .addToLabels("pool", "gpu")
                                .endMetadata()
                                .build(),
                        before))
                .isTrue();
    }

    private static Node node(String version, String devices, boolean ready) {
        return new NodeBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName("w-1")
                        .withResourceVersion(version)
                        .withCreationTimestamp("2026-01-01T00:00:00Z")
                        .addToLabels("kubernetes.io/os", "linux")
                        .addToAnnotations("example.com/notes", "long")
                        .withManagedFields(new ManagedFieldsEntry())
                        .build())
                .withNewSpec()
                .withUnschedulable(true)
                .addNewTaint("NoSchedule", "example.com/dedicated", null, "lab")
                .endSpec()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("4"))
                .addToAllocatable("example.com/serial", new Quantity(devices))
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "Unknown")
                .withLastHeartbeatTime("2026-01-01T00:00:00Z")
                .endCondition()
                .addNewCondition()
                .withType("DiskPressure")
                .withStatus("False")
                .endCondition()
                .addNewImage()
                .addToNames("some:1")
                .endImage()
                .endStatus()
                .build();
    }

    @Test
    void aReadyPodKeepsItsNodeLabelsAndReadiness() {
        Pod kept = Trim.pod(pod(true));

        assertThat(kept.getSpec().getNodeName()).isEqualTo("w-1");
        assertThat(kept.getMetadata().getLabels()).containsEntry("devicemgr.io/revision", "abc");
        assertThat(kept.getStatus().getConditions())
                .singleElement()
                .satisfies(condition ->
                        assertThat(condition.getType() + condition.getStatus()).isEqualTo("ReadyTrue"));
        assertThat(kept.getSpec().getContainers()).isEmpty();
        assertThat(kept.getStatus().getContainerStatuses()).isEmpty();
    }

    @Test
    void aPodThatIsNotReadyKeepsWhy() {
        Pod kept = Trim.pod(pod(false));

        assertThat(kept.getStatus().getContainerStatuses().get(0).getState().getWaiting())
                .satisfies(waiting -> assertThat(waiting.getReason()).isEqualTo("ImagePullBackOff"));
        assertThat(Changes.matter(pod(true), kept)).isTrue();
    }

    @Test
    void theAddressOfAReadyPodDoesNotMatter() {
        Pod moved = new PodBuilder(pod(true))
                .editStatus()
                .withPodIP("10.0.0.7")
                .endStatus()
                .build();

        assertThat(Changes.matter(moved, Trim.pod(pod(true)))).isFalse();
    }

    private static Pod pod(boolean ready) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("devices")
                .withName("agent-1")
                .addToLabels("devicemgr.io/revision", "abc")
                .endMetadata()
                .withNewSpec()
                .withNodeName("w-1")
                .addNewContainer()
                .withName("agent")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .addNewContainerStatus()
                .withName("agent")
                .withState(
                        ready
                                ? null
                                : new ContainerStateBuilder()
                                        .withNewWaiting("cannot pull", "ImagePullBackOff")
                                        .build())
                .endContainerStatus()
                .endStatus()
                .build();
    }

    @Test
    void aReportKeepsAllThatTheAgentSaysAndOurAnnotations() {
        NodeDeviceReport report = report("w-1");
        NodeDeviceReport kept = Trim.report(report);

        assertThat(kept.getSpec()).isEqualTo(report.getSpec());
        assertThat(kept.getStatus()).isEqualTo(report.getStatus());
        assertThat(kept.getMetadata().getAnnotations()).containsExactly(Map.entry("devicemgr.io/trial", "{}"));
        assertThat(kept.getMetadata().getManagedFields()).isEmpty();
    }

    @Test
    void anAnnotationOfOursOnAReportMatters() {
        NodeDeviceReport before = Trim.report(report("w-1"));
        NodeDeviceReport passed = report("w-1");
        passed.getMetadata().setAnnotations(Map.of("example.com/note", "x"));

        assertThat(Changes.matter(passed, before)).isTrue();
    }

    @Test
    void reportsOfTwoNodesShareTheirTexts() {
        NodeDeviceReport one = Trim.report(report("w-1"));
        NodeDeviceReport other = Trim.report(report("w-2"));

        assertThat(other.getStatus().devices().get(0).id())
                .isSameAs(one.getStatus().devices().get(0).id());
        assertThat(other.getStatus().devices().get(0).paths())
                .isSameAs(one.getStatus().devices().get(0).paths());
        assertThat(other.getStatus().revision()).isSameAs(one.getStatus().revision());
    }

    /** All texts are new ones, as if they had just been read. */
    private static NodeDeviceReport report(String node) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.setMetadata(new ObjectMetaBuilder()
                .withName("lab." + node)
                .withAnnotations(Map.of("devicemgr.io/trial", "{}", "example.com/note", "x"))
                .withManagedFields(new ManagedFieldsEntry())
                .build());
        report.setSpec(new NodeDeviceReportSpec(text("lab"), text(node)));
        report.setStatus(new NodeDeviceReportStatus(
                text("1"),
                text("abc"),
                NodeDeviceReportStatus.KubeletSocket.Present,
                NodeDeviceReportStatus.WatchMode.Inotify,
                new NodeDeviceReportStatus.Summary("1/1", "1/1"),
                List.of(new NodeDeviceReportStatus.Resource(
                        text("example.com/serial"), true, true, text("2026-01-01T00:00:00Z"), null, 1, 1, 0, 1)),
                List.of(new NodeDeviceReportStatus.Device(
                        text("example.com/serial"),
                        text("tty0"),
                        List.of(text("/dev/tty0")),
                        text("/sys/devices/tty0"),
                        DeviceHealth.Healthy,
                        DeviceReason.Present,
                        null,
                        text("2026-01-01T00:00:00Z"),
                        0,
                        List.of(new NodeDeviceReportStatus.Holder("default", "consumer", "main")))),
                List.of(new NodeDeviceReportStatus.NothingFound(
                        "example.com/other",
                        "path",
                        NodeDeviceReportStatus.NothingFound.Reason.NoMatch,
                        "nothing there")),
                true,
                "refused"));
        return report;
    }

    private static String text(String text) {
        return String.valueOf(text.toCharArray());
    }
}
