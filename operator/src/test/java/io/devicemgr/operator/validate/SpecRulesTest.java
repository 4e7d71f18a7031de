package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.Allocation.Cdi;
import io.devicemgr.api.v1alpha1.BundleSelector;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HostMount;
import io.devicemgr.api.v1alpha1.PciSelector;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.api.v1alpha1.UsbSelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecRulesTest {
    private static final DeviceSelector USB =
            new DeviceSelector(null, new UsbSelector("0403", null, null, null), null, null, null);
    private static final DeviceSelector PCI =
            new DeviceSelector(null, null, new PciSelector("8086", null, null, null, null, null), null, null);
    private static final DeviceSelector BUNDLE =
            new DeviceSelector(null, null, null, null, new BundleSelector(List.of("/dev/snd/*"), null));

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        serial().configuringPools(Map.of("no label", "x")),
                        "kubeletConfig.machineConfigPoolSelector: 'no label' cannot be the key of a label"),
                Arguments.of(
                        agent(List.of(container("agent")), List.of(), List.of()),
                        "agent.initContainers: 'agent' is used by the operator itself"),
                Arguments.of(
                        agent(List.of(container("a"), container("a")), List.of(), List.of()),
                        "agent.initContainers: 'a' is given twice"),
                Arguments.of(
                        agent(List.of(), List.of(volume("dev")), List.of()),
                        "agent.extraVolumes: 'dev' is used by the operator itself"),
                Arguments.of(
                        agent(List.of(), List.of(volume("tools")), List.of(mount("tools", "/dev/"))),
                        "agent.extraVolumeMounts: '/dev' is used by the operator itself"),
                Arguments.of(
                        agent(List.of(), List.of(), List.of(mount("tools", "/tools"))),
                        "agent.extraVolumeMounts: no volume is named 'tools'"),
                // The three that follow: what an earlier release's definition let pass is in the cluster still.
                Arguments.of(
                        agent(List.of(), List.of(volume("tools")), List.of(mount("tools", null))),
                        "agent.extraVolumeMounts: one of them has no name, or a mount no path"),
                Arguments.of(
                        agent(List.of(), List.of(), List.of(mount(null, "/tools"))),
                        "agent.extraVolumeMounts: the mount at '/tools' names no volume"),
                Arguments.of(
                        agent(List.of(container(null)), List.of(), List.of()),
                        "agent.initContainers: one of them has no name"),
                Arguments.of(
                        serial().offering("example.com/a", path("/dev/a%s")),
                        "resources[example.com/a].allocate.containerPath: '/dev/a%s' may contain %d once"),
                Arguments.of(
                        serial().offering("example.com/a", path("/dev/a%d%d")),
                        "resources[example.com/a].allocate.containerPath: '/dev/a%d%d' may contain %d once"),
                Arguments.of(
                        serial().offering("example.com/a", mounts("/opt/a", "/opt/a")),
                        "resources[example.com/a].allocate.mounts: '/opt/a' is given twice"),
                Arguments.of(
                        serial().offering(
                                        "example.com/a",
                                        new Allocation(null, "/dev/a%d", null, null, null, new Cdi(true), null)),
                        "resources[example.com/a].allocate.containerPath: '/dev/a%d' has %d, but a CDI specification"),
                Arguments.of(
                        serial().offering(reset(USB, Reset.PCIFunctionReset)),
                        "resources[example.com/a].prepare.reset: PCIFunctionReset cannot be done to USB devices"),
                Arguments.of(
                        serial().offering(reset(PCI, Reset.USBReset)),
                        "resources[example.com/a].prepare.reset: USBReset cannot be done to PCI functions"),
                Arguments.of(
                        serial().offering(reset(BUNDLE, Reset.USBReset)),
                        "resources[example.com/a].prepare.reset: USBReset cannot be done to a bundle"),
                Arguments.of(
                        SampleDeployment.named("x".repeat(64)).offering("example.com/a"),
                        "metadata.name: '" + "x".repeat(64) + "' has 64 characters"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedAndNothingIsApplied(SampleDeployment sample, String message) {
        Verdict verdict = Verdict.of(sample.build(), List.of(), List.of());

        assertThat(verdict.applicable()).isFalse();
        assertThat(verdict.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.Invalid);
            assertThat(violation.message()).startsWith(message);
        });
    }

    @Test
    void whatUsesNamesOfItsOwnIsFine() {
        SampleDeployment sample = agent(
                        List.of(container("driver")),
                        List.of(volume("tools")),
                        List.of(mount("tools", "/tools"), mount("dev", "/host/dev")))
                .offering("example.com/a", path("/dev/serial%d"))
                .offering("example.com/b", mounts("/opt/a", "/opt/b"))
                .offering(reset(USB, Reset.USBReset))
                .offering(reset(PCI, Reset.PCIFunctionReset))
                .offering(reset(DeviceSelector.path("/dev/a*"), Reset.USBReset))
                .offering("example.com/c", new Allocation(null, "/dev/a", null, null, null, new Cdi(true), null));

        assertThat(Verdict.of(sample.build(), List.of(), List.of()).violations())
                .isEmpty();
    }

    private static DeviceResource reset(DeviceSelector selector, Reset reset) {
        return new DeviceResource("example.com/a", List.of(selector), null, null, null, new Preparation(reset, null));
    }

    private static SampleDeployment serial() {
        return SampleDeployment.named("lab");
    }

    private static SampleDeployment agent(List<Container> init, List<Volume> volumes, List<VolumeMount> mounts) {
        return serial().offering("example.com/serial")
                .agent(new AgentSpec(null, null, null, null, init, volumes, mounts, null, null, null));
    }

    private static Allocation path(String containerPath) {
        return new Allocation(null, containerPath, null, null, null, null, null);
    }

    private static Allocation mounts(String... containerPaths) {
        List<HostMount> mounts = Stream.of(containerPaths)
                .map(path -> new HostMount("/opt/host", path, true))
                .toList();
        return new Allocation(null, null, null, mounts, null, null, null);
    }

    private static Container container(String name) {
        return new ContainerBuilder().withName(name).build();
    }

    private static Volume volume(String name) {
        return new VolumeBuilder().withName(name).build();
    }

    private static VolumeMount mount(String name, String path) {
        return new VolumeMountBuilder().withName(name).withMountPath(path).build();
    }
}
