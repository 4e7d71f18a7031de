package io.devicemgr.testkit.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as policies see it: without a schema, and under the names that it has. */
final class PlainValues {
    private PlainValues() {}

    static Object of(JsonNode value) {
        if (value == null) {
            return NullValue.NULL_VALUE;
        }
        return switch (value.getNodeType()) {
            case OBJECT -> map(value);
            case ARRAY -> list(value);
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.isIntegralNumber() ? (Object) value.longValue() : (Object) value.doubleValue();
            case STRING -> value.textValue();
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Map<String, Object> map(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(entry -> map.put(entry.getKey(), of(entry.getValue())));
        return map;
    }

    private static List<Object> list(JsonNode array) {
        List<Object> list = new ArrayList<>();
        array.forEach(item -> list.add(of(item)));
        return list;
    }
}
