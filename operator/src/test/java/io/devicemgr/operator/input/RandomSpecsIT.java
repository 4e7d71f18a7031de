package io.devicemgr.operator.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whatever is written into a spec: it is refused with a message, or the objects made of it are such as Kubernetes accepts. More
 * of them with {@code -Dspecs=100000}, others with {@code -Dseed=7}.
 */
class RandomSpecsIT {
    private static final int SPECS = Integer.getInteger("specs", 2500);
    private static final long SEED = Long.getLong("seed", 1);
    private static final String NAMES_A_FIELD =
            "(?s)(metadata\\.name|spec|placement|kubeletConfig|agent|resources)[^:]*: .*";

    @Test
    void noSpecMakesAnObjectThatKubernetesRefuses() {
        int refused = 0;
        int impossible = 0;
        List<String> wrong = new ArrayList<>();
        try (Judge judge = new Judge()) {
            for (long seed = SEED; seed < SEED + SPECS; seed++) {
                ObjectNode spec = new RandomSpecs(seed).next();
                Judge.Judgement judgement = judged(judge, spec, seed);
                refused += judgement.refusal().isEmpty() ? 0 : 1;
                impossible += judgement.violations().isEmpty() ? 0 : 1;
                if (!judgement.refusedObjects().isEmpty()) {
                    wrong.add("-Dspecs=1 -Dseed=" + seed + " " + judgement.refusedObjects() + " of " + spec);
                }
                assertThat(judgement.complaints()).as("seed " + seed).allMatch(text -> text.matches(NAMES_A_FIELD));
            }
        }
        assertThat(wrong).isEmpty();
        if (SPECS >= 1000) {
            assertThat(refused).as("refused by the schema").isBetween(SPECS / 4, SPECS * 3 / 4);
            assertThat(impossible).as("refused by the operator").isGreaterThan(SPECS / 100);
        }
    }

    private static Judge.Judgement judged(Judge judge, ObjectNode spec, long seed) {
        try {
            return judge.judge(spec);
        } catch (RuntimeException e) {
            throw new AssertionError("-Dspecs=1 -Dseed=" + seed + " " + spec, e);
        }
    }
}
