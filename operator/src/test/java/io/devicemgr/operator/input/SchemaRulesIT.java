package io.devicemgr.operator.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit and every rule of the schema refuses what breaks it, and says what to write instead. */
class SchemaRulesIT {
    private static SimulatedApiServer server;

    @BeforeAll
    static void start() throws IOException {
        server = SimulatedApiServer.started();
        server.applyYaml(Files.readString(Path.of("../crds/yaml/deviceplugindeployments.devicemgr.io.yaml")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<LimitBreach> limits() {
        return SchemaPlace.all().stream().filter(SchemaPlace::isThere).flatMap(place -> LimitBreach.of(place).stream());
    }

    static List<BrokenRule> rules() {
        return StreamSupport.stream(SpecTree.resource("broken-rules.yaml").spliterator(), false)
                .map(row -> new BrokenRule(
                        row.path("at").asText(),
                        row.path("put"),
                        row.path("says").asText()))
                .toList();
    }

    @Test
    void theWholeSpecIsValid() {
        assertThat(create(SpecTree.whole()).path("spec").path("resources")).hasSize(1);
        server.objects().delete("deviceplugindeployments.devicemgr.io", "", "a");
    }

    @Test
    void theWholeSpecHasEveryField() {
        assertThat(SchemaPlace.all())
                .filteredOn(place -> !place.isThere())
                .as("add them to whole-spec.yaml")
                .isEmpty();
    }

    @Test
    void everyRuleIsBrokenByARow() {
        List<BrokenRule> rows = rules();
        Set<String> unbroken = new TreeSet<>();
        for (SchemaPlace place : SchemaPlace.all()) {
            for (JsonNode rule : place.schema().path("x-kubernetes-validations")) {
                String message = rule.path("message").asText();
                if (rows.stream().noneMatch(row -> row.breaks(place, message))) {
                    unbroken.add(place + ": " + message);
                }
            }
        }
        assertThat(unbroken).as("add rows to broken-rules.yaml").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void whatBreaksALimitIsRefused(LimitBreach breach) {
        assertThat(refusal(breach.spec())).contains(breach.says());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void whatBreaksARuleIsRefusedWithItsMessageAlone(BrokenRule broken) {
        ObjectNode spec = SpecTree.whole();
        SpecTree.set(spec, broken.at(), broken.put());
        assertThat(refusal(spec)).containsExactly(broken.says());
    }

    @Test
    void aDeploymentWithoutSpecIsRefused() {
        assertThatThrownBy(() -> create(null)).hasMessageContaining("spec: Required value");
    }

    private static ObjectNode create(ObjectNode spec) {
        ObjectNode deployment = SpecTree.deployment("a", spec);
        if (spec == null) {
            deployment.remove("spec");
        }
        return server.objects().create("deviceplugindeployments.devicemgr.io", deployment);
    }

    private static List<String> refusal(ObjectNode spec) {
        try {
            create(spec);
        } catch (ApiException e) {
            return StreamSupport.stream(e.status().at("/details/causes").spliterator(), false)
                    .map(cause -> cause.path("field").asText() + ": "
                            + cause.path("message").asText())
                    .collect(Collectors.toList());
        }
        server.objects().delete("deviceplugindeployments.devicemgr.io", "", "a");
        return List.of("accepted");
    }

    /**
     * A change to the whole spec that breaks one rule.
     *
     * @param says field and message
     */
    record BrokenRule(String at, JsonNode put, String says) {
        /** Whether the row is about that rule: the row's field is the place's, but for indexes and keys. */
        boolean breaks(SchemaPlace place, String message) {
            String field = says.substring(0, says.indexOf(": "));
            return field.replaceAll("\\[\\d+]", "[]").equals(place.path()) && says.endsWith(": " + message);
        }

        @Override
        public String toString() {
            return at + " = " + put;
        }
    }
}
