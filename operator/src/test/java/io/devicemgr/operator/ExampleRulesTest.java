package io.devicemgr.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.testkit.Example;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleRulesTest {
    static List<Example> examples() {
        return Example.below(Path.of("../examples"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theOperatorFindsNothingWrongWithTheExample(Example example) {
        DevicePluginDeployment deployment = new DevicePluginDeployment();
        deployment.getMetadata().setName(example.name());
        deployment.setSpec(example.spec());
        Verdict verdict = Verdict.of(deployment, List.of(deployment), List.of());
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.offered()).isEqualTo(example.spec().resources()).isNotEmpty();
    }
}
