package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PoolPreflightTest {
    private static final Map<String, String> WORKER =
            Map.of("pools.operator.machineconfiguration.openshift.io/worker", "");
    private final List<MachineConfigPool> pools = List.of(pool("worker", WORKER), pool("master", Map.of()));

    @Test
    void aSelectedPoolWithoutAnotherKubeletConfigIsFine() {
        assertThat(check(WORKER, config("tuning", Map.of("other", "pool"), "x")))
                .isEmpty();
    }

    @Test
    void ourOwnKubeletConfigIsNotInTheWay() {
        assertThat(check(WORKER, config("devicemgr-lab", WORKER, "uid-of-lab"))).isEmpty();
    }

    @Test
    void aSelectorWithoutAPoolTellsHowToLabelOne() {
        assertThat(check(Map.of("machineconfiguration.openshift.io", "devicemgr")))
                .hasValueSatisfying(violation -> {
                    assertThat(violation.reason()).isEqualTo(ConditionReason.NoMatchingPool);
                    assertThat(violation.message())
                            .contains("oc label machineconfigpool <pool> machineconfiguration.openshift.io=devicemgr");
                });
    }

    @Test
    void anotherKubeletConfigOfThePoolIsNotErased() {
        assertThat(check(WORKER, config("performance-tuning", WORKER, "x"))).hasValueSatisfying(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.PoolHasOtherKubeletConfig);
            assertThat(violation.message()).contains("performance-tuning").contains("pool worker");
        });
    }

    @Test
    void aForeignObjectOfOurNameIsNotTakenOver() {
        assertThat(check(WORKER, config("devicemgr-lab", Map.of(), "somebody")))
                .hasValueSatisfying(violation ->
                        assertThat(violation.reason()).isEqualTo(ConditionReason.PoolHasOtherKubeletConfig));
    }

    /** docs/openshift.md 0.5: the KubeletConfig controller takes an empty selector for none. */
    @Test
    void anEmptySelectorSelectsNothing() {
        assertThat(PoolSelector.matches(new LabelSelector(), pools.get(0))).isFalse();
        assertThat(PoolSelector.matches(null, pools.get(0))).isFalse();
    }

    @Test
    void expressionsAreUnderstood() {
        MachineConfigPool pool = pool("worker", Map.of("a", "1"));

        assertThat(PoolSelector.matches(expression("a", "In", "1", "2"), pool)).isTrue();
        assertThat(PoolSelector.matches(expression("a", "NotIn", "1"), pool)).isFalse();
        assertThat(PoolSelector.matches(expression("b", "NotIn", "1"), pool)).isTrue();
        assertThat(PoolSelector.matches(expression("a", "Exists"), pool)).isTrue();
        assertThat(PoolSelector.matches(expression("a", "DoesNotExist"), pool)).isFalse();
    }

    private Optional<Violation> check(Map<String, String> labels, KubeletConfig... existing) {
        LabelSelector selector =
                new LabelSelectorBuilder().withMatchLabels(labels).build();
        return PoolPreflight.check(selector, "devicemgr-lab", "uid-of-lab", pools, List.of(existing));
    }

    private static LabelSelector expression(String key, String operator, String... values) {
        return new LabelSelectorBuilder()
                .addNewMatchExpression()
                .withKey(key)
                .withOperator(operator)
                .withValues(values)
                .endMatchExpression()
                .build();
    }

    private static MachineConfigPool pool(String name, Map<String, String> labels) {
        return new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private static KubeletConfig config(String name, Map<String, String> selector, String ownerUid) {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName(name)
                .addNewOwnerReference()
                .withUid(ownerUid)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNewMachineConfigPoolSelector()
                .withMatchLabels(selector)
                .endMachineConfigPoolSelector()
                .endSpec()
                .build();
    }
}
