package io.devicemgr.agent.json;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON tokens -> a value of a given type. Names that a record does not have are skipped, null is as good as absent. */
final class JsonReading {
    private final JsonReader reader;

    JsonReading(JsonReader reader) {
        this.reader = reader;
    }

    Object value(Type type) throws IOException {
        if (reader.peek() == JsonToken.NULL) {
            reader.nextNull();
            return absent(type);
        }
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class
                    ? list(generic.getActualTypeArguments()[0])
                    : map(generic.getActualTypeArguments()[1]);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return object(RecordShape.of(plain));
        }
        return plain.isEnum() ? constant(plain, reader.nextString()) : scalar(plain);
    }

    private Object scalar(Class<?> type) throws IOException {
        if (type == String.class) {
            return reader.nextString();
        } else if (type == boolean.class || type == Boolean.class) {
            return reader.nextBoolean();
        } else if (type == int.class || type == Integer.class) {
            return reader.nextInt();
        } else if (type == long.class || type == Long.class) {
            return reader.nextLong();
        }
        throw new IllegalStateException(type + " is not a type that can be read from JSON");
    }

    private Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("'" + name + "' at " + reader.getPath() + " is not a " + type.getSimpleName()
                + " that this release knows");
    }

    private Object object(RecordShape shape) throws IOException {
        Object[] values = new Object[shape.parts().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = absent(shape.parts().get(i).type());
        }
        reader.beginObject();
        while (reader.hasNext()) {
            int part = indexOf(shape.parts(), reader.nextName());
            if (part < 0) {
                reader.skipValue();
            } else {
                values[part] = value(shape.parts().get(part).type());
            }
        }
        reader.endObject();
        return shape.create(values);
    }

    private static int indexOf(List<RecordShape.Part> parts, String name) {
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private List<Object> list(Type element) throws IOException {
        List<Object> list = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            list.add(value(element));
        }
        reader.endArray();
        return list;
    }

    private Map<String, Object> map(Type value) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            map.put(reader.nextName(), value(value));
        }
        reader.endObject();
        return map;
    }

    private static Object absent(Type type) {
        if (type == boolean.class) {
            return false;
        } else if (type == int.class) {
            return 0;
        } else if (type == long.class) {
            return 0L;
        }
        return null;
    }
}
