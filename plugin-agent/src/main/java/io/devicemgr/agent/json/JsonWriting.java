package io.devicemgr.agent.json;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/** Records, collections, maps, enums, text, numbers and truth values -> JSON tokens. Components that are null are left out. */
final class JsonWriting {
    private final JsonWriter writer;

    JsonWriting(JsonWriter writer) {
        this.writer = writer;
    }

    void value(Object value) throws IOException {
        if (value == null) {
            writer.nullValue();
        } else if (value instanceof Record) {
            object(value);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Collection<?> elements) {
            writer.beginArray();
            for (Object element : elements) {
                value(element);
            }
            writer.endArray();
        } else if (value instanceof Enum<?> constant) {
            writer.value(constant.name());
        } else if (value instanceof Boolean truth) {
            writer.value(truth);
        } else if (value instanceof Number number) {
            writer.value(number);
        } else if (value instanceof String text) {
            writer.value(text);
        } else {
            throw new IllegalStateException(value.getClass() + " is not a type that can be written as JSON");
        }
    }

    private void object(Object object) throws IOException {
        RecordShape shape = RecordShape.of(object.getClass());
        writer.beginObject();
        for (RecordShape.Part part : shape.parts()) {
            Object value = RecordShape.value(part, object);
            if (value != null) {
                writer.name(part.name());
                value(value);
            }
        }
        writer.endObject();
    }

    private void map(Map<?, ?> map) throws IOException {
        writer.beginObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            writer.name((String) entry.getKey());
            value(entry.getValue());
        }
        writer.endObject();
    }
}
