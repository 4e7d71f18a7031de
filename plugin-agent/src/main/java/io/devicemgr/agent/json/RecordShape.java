package io.devicemgr.agent.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How a record looks in JSON: its components under their names. Annotations are not read, because that costs a tenth of the
 * start; JsonTest compares with Jackson, which does read them, for every record in use.
 */
record RecordShape(Constructor<?> constructor, List<Part> parts) {
    private static final Map<Class<?>, RecordShape> SHAPES = new ConcurrentHashMap<>();

    /** What JSON calls otherwise, because Java reserves the word. */
    private static final Map<String, String> RENAMED = Map.of("PciSelector.classCode", "class");

    /** One component and its name in JSON. */
    record Part(String name, Type type, Method accessor) {}

    static RecordShape of(Class<?> type) {
        RecordShape shape = SHAPES.get(type);
        if (shape == null) {
            shape = look(type);
            SHAPES.put(type, shape);
        }
        return shape;
    }

    private static RecordShape look(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<Part> parts = new ArrayList<>();
        for (RecordComponent component : components) {
            String qualified = type.getSimpleName() + "." + component.getName();
            parts.add(new Part(
                    RENAMED.getOrDefault(qualified, component.getName()),
                    component.getGenericType(),
                    component.getAccessor()));
        }
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return new RecordShape(type.getDeclaredConstructor(types), List.copyOf(parts));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " has no canonical constructor", e);
        }
    }

    /** The value of a component. */
    static Object value(Part part, Object instance) {
        try {
            return part.accessor().invoke(instance);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(part.accessor() + " cannot be read", e);
        }
    }

    /**
     * A record of these values, in the order of the components.
     *
     * @throws IllegalArgumentException when the record refuses them
     */
    Object create(Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    constructor.getDeclaringClass().getSimpleName() + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(constructor + " cannot be called", e);
        }
    }
}
