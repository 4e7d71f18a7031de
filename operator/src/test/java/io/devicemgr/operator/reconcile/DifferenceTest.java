package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{a: 1}                           | {a: 1}                              | false",
                "{a: 1}                           | {a: 2}                              | true",
                "{a: 1}                           | {}                                  | true",
                // Defaults and what others add.
                "{a: {b: 1}}                      | {a: {b: 1, c: 2}, d: 3}             | false",
                "{list: [{name: x}]}              | {list: [{name: y}, {name: x, z: 1}]} | false",
                "{list: [{name: x}, {name: y}]}   | {list: [{name: x}]}                 | true",
                // Zero values that the API server leaves out.
                "{readOnly: false, list: [], m: {}, n: 0, s: ''} | {}                   | false",
                "{readOnly: true}                 | {}                                  | true",
                "{emptyDir: {}}                   | {emptyDir: {}}                      | false",
                // Quantities in another spelling, but only where there are quantities.
                "{requests: {cpu: '0.5'}}         | {requests: {cpu: 500m}}             | false",
                "{requests: {cpu: '0.5'}}         | {requests: {cpu: 501m}}             | true",
                "{limits: {memory: 1Gi}}          | {}                                  | true",
                "{env: {cpu: '0.5'}}              | {env: {cpu: 500m}}                  | true",
            })
    void onlyWhatIsMissingOrOtherThanDesiredCounts(String desired, String actual, boolean differs) throws IOException {
        assertThat(Difference.between(tree(desired), tree(actual))).isEqualTo(differs);
    }

    private static JsonNode tree(String yaml) throws IOException {
        return YAML.readTree(yaml);
    }
}
