package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolSelectorTest {
    private final MachineConfigPool pool = new MachineConfigPoolBuilder()
            .withNewMetadata()
            .withName("worker")
            .withLabels(Map.of("a", "1"))
            .endMetadata()
            .build();

    /** docs/openshift.md 0.5: to the KubeletConfig controller nothing, to the render gate everything. */
    @Test
    void anEmptySelectorSelectsNothingAndHoldsUpEverything() {
        assertThat(PoolSelector.matches(new LabelSelector(), pool)).isFalse();
        assertThat(PoolSelector.gates(new LabelSelector(), pool)).isTrue();
        assertThat(PoolSelector.matches(null, pool)).isFalse();
        assertThat(PoolSelector.gates(null, pool)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a, In,           1 2, true",
        "a, In,           2,   false",
        "a, NotIn,        1,   false",
        "b, NotIn,        1,   true",
        "a, Exists,       ,    true",
        "b, Exists,       ,    false",
        "a, DoesNotExist, ,    false",
        "b, DoesNotExist, ,    true"
    })
    void expressionsAreUnderstood(String key, String operator, String values, boolean matches) {
        LabelSelector selector = expression(key, operator, values == null ? new String[0] : values.split(" "));

        assertThat(PoolSelector.matches(selector, pool)).isEqualTo(matches);
        assertThat(PoolSelector.gates(selector, pool)).isEqualTo(matches);
        assertThat(PoolSelector.mistake(selector)).isEmpty();
    }

    /** The schema lets these pass, and one such object stops the rendering of every pool (docs/openshift.md 1.6). */
    @ParameterizedTest
    @CsvSource({
        "a,        In,     ,    needs values",
        "a,        NotIn,  ,    needs values",
        "a,        Exists, 1,   must have no values",
        "a,        Equals, 1,   needs the operator",
        "a b,      Exists, ,    cannot be the key of a label",
        "'',       Exists, ,    cannot be the key of a label",
        "A.b/c,    Exists, ,    cannot be the key of a label",
        "a,        In,     -x,  cannot be the value of a label"
    })
    void aSelectorWithAMistakeSelectsNothingAndHoldsUpEverything(
            String key, String operator, String values, String mistake) {
        LabelSelector selector = expression(key, operator, values == null ? new String[0] : values.split(" "));

        assertThat(PoolSelector.mistake(selector))
                .hasValueSatisfying(text -> assertThat(text).contains(mistake));
        assertThat(PoolSelector.matches(selector, pool)).isFalse();
        assertThat(PoolSelector.gates(selector, pool)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "machineconfiguration.openshift.io,                       devicemgr, true",
        "pools.operator.machineconfiguration.openshift.io/worker, '',        true",
        "a,                                                       'a b',     false",
        "a/b/c,                                                   x,         false"
    })
    void labelsMustBeSuchAsAPoolCanHave(String key, String value, boolean possible) {
        LabelSelector selector =
                new LabelSelectorBuilder().addToMatchLabels(key, value).build();

        assertThat(PoolSelector.mistake(selector).isEmpty()).isEqualTo(possible);
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
}
