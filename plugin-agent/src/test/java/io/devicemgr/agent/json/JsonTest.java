package io.devicemgr.agent.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's JSON is Jackson's JSON, for every record that crosses between agent and operator, whatever fields it gets. */
class JsonTest {
    private static final ObjectMapper JACKSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static Collection<Class<? extends Record>> records() {
        return reached(AgentSettings.class, NodeDeviceReportSpec.class, NodeDeviceReportStatus.class);
    }

    static Collection<Class<? extends Record>> reported() {
        return reached(NodeDeviceReportSpec.class, NodeDeviceReportStatus.class);
    }

    private static Collection<Class<? extends Record>> reached(Class<?>... roots) {
        List<Class<? extends Record>> reached = new ArrayList<>();
        for (Class<?> root : roots) {
            SampleRecords.reach(root, reached);
        }
        return reached;
    }

    @Test
    void everySettingIsAmongTheRecordsThatAreCompared() {
        assertThat(records()).extracting(Class::getSimpleName).contains("AgentSettings", "DeviceResource", "Device");
    }

    @ParameterizedTest
    @MethodSource("reported")
    void writesReportsAsJacksonDoes(Class<? extends Record> type) throws Exception {
        for (Record sample : SampleRecords.of(type)) {
            assertThat(JACKSON.readTree(Json.write(sample))).isEqualTo(JACKSON.valueToTree(sample));
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsAsJacksonReads(Class<? extends Record> type) throws Exception {
        for (Record sample : SampleRecords.of(type)) {
            String text = JACKSON.writeValueAsString(sample);
            assertThat(read(() -> Json.read(text, type))).isEqualTo(read(() -> JACKSON.readValue(text, type)));
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsWhatItHasWritten(Class<? extends Record> type) throws Exception {
        Record sample = SampleRecords.of(type).get(0);

        assertThat(Json.read(Json.write(sample), type)).isEqualTo(sample);
    }

    /** A record may refuse to be empty; then both refuse. */
    private static Object read(Callable<Object> reading) throws Exception {
        try {
            return reading.call();
        } catch (IllegalArgumentException | JsonProcessingException e) {
            return "refused";
        }
    }

    @Test
    void fieldsThatAreNotKnownAreIgnored() {
        AgentSettings settings = Json.read(
                "{\"new\": {\"deep\": [1, {}]}, \"deployment\": \"lab\", \"newer\": null}", AgentSettings.class);

        assertThat(settings).isEqualTo(new AgentSettings("lab", null, null, false, null, null));
    }

    @Test
    void nullIsAsGoodAsAbsent() {
        AgentSettings settings = Json.read(
                "{\"deployment\": \"lab\", \"discoverOnly\": null, \"logLevel\": null, \"resources\": null}",
                AgentSettings.class);

        assertThat(settings).isEqualTo(new AgentSettings("lab", null, null, false, null, null));
    }

    @Test
    void everyCharacterSurvives() throws Exception {
        String text = "\u0000\u0001\t\n\r\"\\/<>&'=\u007f\u00e4\u2028\u2029\ud83d\ude00";

        assertThat(JACKSON.readTree(Json.write(Map.of(text, text))).get(text).asText())
                .isEqualTo(text);
        assertThat(Json.read(JACKSON.writeValueAsString(Map.of("deployment", text)), AgentSettings.class)
                        .deployment())
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "not JSON",
                "{deployment: lab}",
                "{\"deployment\": {}}",
                "{\"deployment\": \"lab\"} {}",
                "{\"deployment\": \"lab\", \"discoverOnly\": \"perhaps\"}",
                "{\"deployment\": \"lab\", \"logLevel\": \"loud\"}",
                "{\"deployment\": \"lab\", \"resources\": {}}",
                "{\"logLevel\": \"info\"}"
            })
    void whatIsNotSettingsIsRefused(String text) {
        assertThatThrownBy(() -> Json.read(text, AgentSettings.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*\\S.*");
    }
}
