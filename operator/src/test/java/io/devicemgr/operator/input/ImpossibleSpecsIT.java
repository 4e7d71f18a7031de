package io.devicemgr.operator.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.operator.validate.Violation;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What passes the schema but cannot work is named with its field, and with what to write instead. */
class ImpossibleSpecsIT {
    private static Judge judge;

    @BeforeAll
    static void start() {
        judge = new Judge();
    }

    @AfterAll
    static void stop() {
        judge.close();
    }

    static Stream<Arguments> impossible() {
        return StreamSupport.stream(SpecTree.resource("impossible-specs.yaml").spliterator(), false)
                .map(row -> Arguments.of(
                        row.path("at").asText(),
                        row.path("put"),
                        row.path("says").asText(),
                        row.path("also").asInt()));
    }

    @Test
    void theWholeSpecCanWork() {
        assertThat(judge.judge(SpecTree.whole()).complaints()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatCannotWorkIsNamed(String at, JsonNode put, String says, int also) {
        ObjectNode spec = SpecTree.whole();
        SpecTree.set(spec, at, put);

        Judge.Judgement judgement = judge.judge(spec);

        assertThat(judgement.refusal()).isEmpty();
        assertThat(judgement.violations()).extracting(Violation::reason).containsOnly(ConditionReason.Invalid);
        assertThat(judgement.complaints())
                .hasSize(1 + also)
                .anySatisfy(complaint -> assertThat(complaint).startsWith(says));
    }

    @Test
    void whatIsTooLargeForAnObjectIsNamed() {
        ObjectNode spec = SpecTree.whole();
        ObjectNode env = (ObjectNode) spec.at("/resources/0/allocate/env");
        for (int i = 0; i < 60; i++) {
            env.put("A" + i, "\u0001".repeat(4096));
        }
        ArrayNode args = (ArrayNode) spec.at("/agent/initContainers/0/args");
        for (int i = 0; i < 60; i++) {
            args.add(TextNode.valueOf("\u00e4\u20ac\ud83d\ude00".repeat(1365)));
        }

        List<String> complaints = judge.judge(spec).complaints();

        assertThat(complaints).hasSize(2);
        assertThat(complaints.get(0)).matches("resources: all of it takes 1\\d{6} bytes, and 524288 is what fits .*");
        assertThat(complaints.get(1)).matches("agent: all of it takes \\d{6} bytes, and 262144 is what fits .*");
    }
}
