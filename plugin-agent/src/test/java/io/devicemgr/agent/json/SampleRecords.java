package io.devicemgr.agent.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Made-up instances of any record, by its components. */
final class SampleRecords {
    private SampleRecords() {}

    /** Adds a record and all records that it is made of. */
    static void reach(Type type, List<Class<? extends Record>> reached) {
        if (type instanceof ParameterizedType generic) {
            Stream.of(generic.getActualTypeArguments()).forEach(argument -> reach(argument, reached));
        } else if (type instanceof Class<?> plain && plain.isRecord() && !reached.contains(plain)) {
            reached.add(plain.asSubclass(Record.class));
            for (RecordComponent component : plain.getRecordComponents()) {
                reach(component.getGenericType(), reached);
            }
        }
    }

    /** One instance with everything set, and one with the least; a record that insists on a text gets one. */
    static List<Record> of(Class<? extends Record> type) throws ReflectiveOperationException {
        List<Record> samples = new ArrayList<>();
        for (Depth depth : Depth.values()) {
            samples.add(instance(type, depth));
        }
        return samples;
    }

    private enum Depth {
        FULL,
        EMPTY,
        TEXT_ONLY
    }

    private static Record instance(Class<? extends Record> type, Depth depth) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Constructor<? extends Record> constructor = type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(components[i].getGenericType(), components[i].getName() + i, depth);
        }
        return constructor.newInstance(values);
    }

    private static Object value(Type type, String text, Depth depth) throws ReflectiveOperationException {
        boolean full = depth == Depth.FULL;
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return full ? List.of(value(arguments[0], text, depth)) : null;
            }
            return full ? Map.of(text, value(arguments[1], text, depth)) : Map.of();
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            return depth == Depth.EMPTY ? "" : text;
        } else if (plain == boolean.class) {
            return full;
        } else if (plain == int.class) {
            return full ? 7 : 0;
        } else if (plain == long.class) {
            return full ? 7L : 0L;
        } else if (!full) {
            return null;
        } else if (plain.isEnum()) {
            return plain.getEnumConstants()[plain.getEnumConstants().length - 1];
        } else if (plain.isRecord()) {
            return instance(plain.asSubclass(Record.class), depth);
        }
        return plain == Boolean.class ? Boolean.TRUE : plain == Integer.class ? (Object) 7 : Long.valueOf(7);
    }
}
