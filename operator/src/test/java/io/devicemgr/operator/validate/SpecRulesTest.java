package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.HostMount;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpecRulesTest {

    static Stream<Arguments> mistakes() {
        return Stream.of(
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
                        SampleDeployment.named("x".repeat(64)).offering("example.com/a"),
                        "metadata.name has 64 characters"));
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
                .offering("example.com/b", mounts("/opt/a", "/opt/b"));

        assertThat(Verdict.of(sample.build(), List.of(), List.of()).violations())
                .isEmpty();
    }

    private static SampleDeployment serial() {
        return SampleDeployment.named("lab");
    }

    private static SampleDeployment agent(List<Container> init, List<Volume> volumes, List<VolumeMount> mounts) {
        return serial().offering("example.com/serial")
                .agent(new AgentSpec(null, null, null, null, init, volumes, mounts, null, null));
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
