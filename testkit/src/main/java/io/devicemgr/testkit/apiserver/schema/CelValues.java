package io.devicemgr.testkit.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON values as CEL sees them, numbers and times typed by the schema. */
final class CelValues {
    private CelValues() {}

    static Object of(Schema schema, JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> map(schema, value);
            case ARRAY -> list(schema, value);
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> number(schema, value);
            case STRING -> text(schema, value.textValue());
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Object number(Schema schema, JsonNode value) {
        boolean isDouble = schema.type().equals("number") || !value.isIntegralNumber();
        return isDouble ? (Object) value.doubleValue() : (Object) value.longValue();
    }

    private static Map<String, Object> map(Schema schema, JsonNode value) {
        Map<String, Object> map = new LinkedHashMap<>();
        boolean named = schema.additionalProperties().isEmpty();
        value.properties()
                .forEach(e -> map.put(
                        named ? CelNames.escape(e.getKey()) : e.getKey(),
                        of(schema.fieldOrAny(e.getKey()), e.getValue())));
        return map;
    }

    private static List<Object> list(Schema schema, JsonNode value) {
        List<Object> list = new ArrayList<>();
        value.forEach(item -> list.add(of(schema.itemOrAny(), item)));
        return list;
    }

    private static Object text(Schema schema, String text) {
        return switch (schema.isUntyped() ? "" : schema.bounds().format()) {
            case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
            case "date-time" -> Instant.parse(text);
            case "date" -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            case "duration" -> GoDuration.parse(text);
            default -> text;
        };
    }
}
