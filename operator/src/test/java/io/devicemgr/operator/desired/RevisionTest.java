package io.devicemgr.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.config.OperatorConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RevisionTest {
    private static final String IMAGE = "registry.example.com/agent:1";

    static Stream<SampleDeployment> changesThatReachANode() {
        return Stream.of(
                serial().offering("example.com/camera"),
                serial().discoverOnly(),
                serial().agent(new AgentSpec(
                        null, null, null, null, null, null, null, AgentSpec.LogLevel.debug, null, null)),
                serial().agent(new AgentSpec("other:1", null, null, null, null, null, null, null, null, null)),
                serial("USB", "0"));
    }

    @ParameterizedTest
    @MethodSource("changesThatReachANode")
    void whatReachesANodeChangesTheRevision(SampleDeployment changed) {
        assertThat(revision(changed, IMAGE)).isNotEqualTo(revision(serial(), IMAGE));
    }

    @Test
    void anotherDefaultImageChangesTheRevision() {
        assertThat(revision(serial(), "registry.example.com/agent:2")).isNotEqualTo(revision(serial(), IMAGE));
    }

    @Test
    void howTheChangeIsRolledOutDoesNot() {
        assertThat(revision(serial().rollout(RolloutSpec.Strategy.OnDelete, true), IMAGE))
                .isEqualTo(revision(serial(), IMAGE));
    }

    @Test
    void whereItGoesDoesNot() {
        assertThat(revision(serial().on(Map.of("hardware", "serial")), IMAGE)).isEqualTo(revision(serial(), IMAGE));
    }

    @Test
    void theOrderInWhichAMapWasFilledDoesNot() {
        Map<String, String> forwards = new LinkedHashMap<>();
        Map<String, String> backwards = new LinkedHashMap<>();
        for (int i = 0; i < 9; i++) {
            forwards.put("key" + i, "x");
            backwards.put("key" + (8 - i), "x");
        }

        assertThat(Revision.ofObject(forwards)).isEqualTo(Revision.ofObject(backwards));
    }

    @Test
    void isShortAndHexadecimal() {
        assertThat(revision(serial(), IMAGE)).matches("[0-9a-f]{10}");
    }

    private static SampleDeployment serial() {
        return SampleDeployment.named("lab").offering("example.com/serial");
    }

    private static SampleDeployment serial(String variable, String value) {
        return SampleDeployment.named("lab")
                .offering(
                        "example.com/serial",
                        new Allocation(null, null, Map.of(variable, value), null, null, null, null));
    }

    private static String revision(SampleDeployment sample, String image) {
        var deployment = sample.build();
        return AgentRevision.of(deployment, deployment.getSpec().resources(), new OperatorConfig("devices", image, 0))
                .name();
    }
}
