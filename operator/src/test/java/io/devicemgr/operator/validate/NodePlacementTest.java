package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.Placement;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodePlacementTest {
    private static final Toleration GPU = new TolerationBuilder()
            .withKey("gpu")
            .withOperator("Equal")
            .withValue("yes")
            .withEffect("NoSchedule")
            .build();

    @Test
    void everyLinuxNodeIsSelectedByDefaultWhateverItsTaints() {
        Placement everywhere = new Placement(null, null, null);

        assertThat(NodePlacement.selects(everywhere, node("linux", "any", "x", "NoExecute")))
                .isTrue();
        assertThat(NodePlacement.selects(everywhere, node("windows", "any", "x", "NoSchedule")))
                .isFalse();
    }

    @Test
    void allLabelsMustMatch() {
        Placement placement = new Placement(Map.of("a", "1", "b", "2"), null, null);

        assertThat(NodePlacement.selects(placement, labelled(Map.of("kubernetes.io/os", "linux", "a", "1", "b", "2"))))
                .isTrue();
        assertThat(NodePlacement.selects(placement, labelled(Map.of("kubernetes.io/os", "linux", "a", "1"))))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, yes, NoSchedule, true",
        "gpu, no, NoSchedule, false",
        "gpu, yes, NoExecute, false",
        "other, yes, NoSchedule, false",
        "other, yes, PreferNoSchedule, true",
        // The DaemonSet controller tolerates these for everybody.
        "node.kubernetes.io/not-ready, '', NoExecute, true",
        "node.kubernetes.io/not-ready, '', NoSchedule, false",
        "node.kubernetes.io/unschedulable, '', NoSchedule, true",
    })
    void givenTolerationsReplaceTheDefault(String key, String value, String effect, boolean selected) {
        Placement placement = new Placement(null, List.of(GPU), null);

        assertThat(NodePlacement.selects(placement, node("linux", key, value, effect)))
                .isEqualTo(selected);
    }

    private static Node node(String os, String key, String value, String effect) {
        return new NodeBuilder(labelled(Map.of("kubernetes.io/os", os)))
                .withNewSpec()
                .addNewTaint()
                .withKey(key)
                .withValue(value)
                .withEffect(effect)
                .endTaint()
                .endSpec()
                .build();
    }

    private static Node labelled(Map<String, String> labels) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("w-1")
                .withLabels(labels)
                .endMetadata()
                .build();
    }
}
