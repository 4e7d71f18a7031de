package io.devicemgr.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.api.sample.SampleDeployment;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceManagerKubeletConfigTest {
    private final JsonNode config = Golden.json(DeviceManagerKubeletConfig.of(SampleDeployment.named("lab")
            .offering("example.com/serial")
            .configuringPools(Map.of("machineconfiguration.openshift.io", "devicemgr"))
            .build()));

    @Test
    void isInTheDocumentedShape() {
        assertThat(config).isEqualTo(Golden.read("kubelet-config.yaml", ""));
    }

    /** Every 4.x rejects such a key, and since early 2025 it freezes the pool (docs/openshift.md 0.2). */
    @Test
    void hasNoKeyThatIsFeatureGatesInWhateverCase() {
        assertThat(config.at("/spec/kubeletConfig").fieldNames())
                .toIterable()
                .noneMatch("featureGates"::equalsIgnoreCase)
                .isNotEmpty();
    }

    /** They would be wiped (docs/openshift.md 1.5). */
    @Test
    void hasNeitherFinalizersNorAnnotations() {
        assertThat(config.path("metadata").has("finalizers")).isFalse();
        assertThat(config.path("metadata").has("annotations")).isFalse();
    }
}
