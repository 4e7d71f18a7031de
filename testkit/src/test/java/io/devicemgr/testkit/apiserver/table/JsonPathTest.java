package io.devicemgr.testkit.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {
    private static final JsonNode OBJECT = Json.trusted(
            "{\"a\":{\"b\":1,\"x.y/z\":2},\"l\":[{\"type\":\"R\",\"s\":\"T\"},{\"type\":\"Q\",\"s\":\"F\"}]}");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                ".a.b | [1]",
                ".a['x.y/z'] | [2]",
                ".a.x\\.y/z | [2]",
                ".l[1].s | [\"F\"]",
                ".l[?(@.type==\"R\")].s | [\"T\"]",
                ".l[?(@.type=='Q')].s | [\"F\"]",
                ".l[*].s | [\"T\", \"F\"]",
                ".nope.b | []"
            })
    void printerColumnPathsFindTheirValues(String path, String found) {
        assertThat(JsonPath.find(OBJECT, path)).hasToString(found);
    }
}
