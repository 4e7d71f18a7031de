package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import org.junit.jupiter.api.Test;

/** What is left out of the caches is nothing that anybody asks for. */
class TrimTest {
    @Test
    void aNodeIsStillCordoned() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName("n")
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(true)
                .withPodCIDR("10.0.0.0/24")
                .endSpec()
                .build();
        Node trimmed = Trim.node(node);
        assertThat(trimmed.getSpec().getUnschedulable()).isTrue();
        assertThat(trimmed.getSpec().getPodCIDR()).isNull();
    }
}
