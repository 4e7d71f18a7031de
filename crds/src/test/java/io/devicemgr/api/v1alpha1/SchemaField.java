package io.devicemgr.api.v1alpha1;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A field of a schema beside the Java type that it was generated from, which knows the order of fields and what stands for one
 * that is left out.
 *
 * @param path as a user writes it, with {@code []} behind the name of a list
 * @param schema of the field itself: of the list, not of its items
 * @param type what Java has for it; {@code Object.class} where that is not known
 * @param required whether the object that it belongs to must have it
 * @param unset what the class puts in its place when it is left out; empty where that is nothing
 */
record SchemaField(String path, JSONSchemaProps schema, Type type, boolean required, Optional<Object> unset) {
    private static final Pattern STATED = Pattern.compile("^(.*?)\\s*\\bDefault:? (.+)\\.$", Pattern.DOTALL);

    static SchemaField root(String name, JSONSchemaProps schema, Class<?> type) {
        return new SchemaField(name, schema, type, true, Optional.empty());
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The schema of what the field holds: of the items of a list, of the values of a map, otherwise its own. */
    JSONSchemaProps content() {
        if (schema.getItems() != null) {
            return schema.getItems().getSchema();
        }
        return schema.getAdditionalProperties() == null
                ? schema
                : schema.getAdditionalProperties().getSchema();
    }

    boolean isObject() {
        Map<String, JSONSchemaProps> fields = content().getProperties();
        return fields != null && !fields.isEmpty();
    }

    /** Whether the project describes the fields itself; those of Kubernetes' own types are described there. */
    boolean isOurs() {
        return isObject() && contentClass().isRecord();
    }

    /** Name of the Java class of what the field holds, which for Kubernetes' own types is their kind. */
    Class<?> contentClass() {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            return arguments[arguments.length - 1] instanceof Class<?> item ? item : Object.class;
        }
        return type instanceof Class<?> plain ? plain : Object.class;
    }

    /** The fields of the object: those of our classes in the order of the class, the others by name. */
    List<SchemaField> fields() {
        List<SchemaField> fields = new ArrayList<>();
        List<String> required =
                content().getRequired() == null ? List.of() : content().getRequired();
        if (isOurs()) {
            Map<String, Object> unsets = path.startsWith("spec") ? unset(contentClass()) : Map.of();
            for (RecordComponent component : contentClass().getRecordComponents()) {
                String name = nameOf(component);
                fields.add(field(
                        name,
                        component.getGenericType(),
                        required.contains(name),
                        Optional.ofNullable(unsets.get(component.getName()))));
            }
        } else {
            content()
                    .getProperties()
                    .keySet()
                    .forEach(name -> fields.add(field(name, Object.class, required.contains(name), Optional.empty())));
        }
        return fields;
    }

    private static String nameOf(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null ? component.getName() : renamed.value();
    }

    private SchemaField field(String name, Type java, boolean needed, Optional<Object> without) {
        JSONSchemaProps child = content().getProperties().get(name);
        if (child == null) {
            throw new IllegalStateException(contentClass() + " has a field " + name + " that the schema lacks");
        }
        String suffix = child.getItems() == null ? "" : "[]";
        return new SchemaField(path + "." + name + suffix, child, java, needed, without);
    }

    /** All fields below, depth first. */
    Stream<SchemaField> below() {
        return fields().stream().flatMap(f -> f.isObject() ? Stream.concat(Stream.of(f), f.below()) : Stream.of(f));
    }

    /** What the field is for, without its default. */
    String description() {
        String text = Optional.ofNullable(schema.getDescription()).orElse("");
        Matcher stated = STATED.matcher(text);
        return stated.matches() ? stated.group(1) : text;
    }

    /**
     * What holds when the field is left out.
     *
     * @throws IllegalStateException when the description says something else than the class does
     */
    Optional<String> defaultValue() {
        Optional<String> known = Optional.ofNullable(schema.getDefault())
                .map(value -> value.asText())
                .or(() -> unset.map(Object::toString));
        Matcher matcher =
                STATED.matcher(Optional.ofNullable(schema.getDescription()).orElse(""));
        Optional<String> stated = matcher.matches() ? Optional.of(matcher.group(2)) : Optional.empty();
        if (stated.isPresent() && known.isPresent() && !stated.equals(known)) {
            throw new IllegalStateException(
                    path + " is described with the default " + stated.get() + ", but the class says " + known.get());
        }
        return stated.or(() -> known);
    }

    /** The rules of the field and of each of its items. */
    List<ValidationRule> rules() {
        Stream<ValidationRule> own = rules(schema);
        return (content() == schema ? own : Stream.concat(own, rules(content()))).toList();
    }

    private static Stream<ValidationRule> rules(JSONSchemaProps of) {
        return of.getXKubernetesValidations() == null ? Stream.empty() : of.getXKubernetesValidations().stream();
    }

    /** What the record's constructor puts in the place of fields that are left out, as far as a table can show it. */
    private static Map<String, Object> unset(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            Object instance = constructor.newInstance(new Object[components.length]);
            Map<String, Object> values = new HashMap<>();
            for (RecordComponent component : components) {
                Object value = component.getAccessor().invoke(instance);
                if (value instanceof Boolean
                        || value instanceof Integer
                        || value instanceof Enum<?>
                        || value instanceof String text && !text.isEmpty()) {
                    values.put(component.getName(), value);
                } else if (value instanceof List<?> list && !list.isEmpty()) {
                    values.put(
                            component.getName(),
                            list.stream().map(Object::toString).collect(joining(", ")));
                }
            }
            return values;
        } catch (NoSuchMethodException | InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(type + " cannot be made without any field", e);
        }
    }
}
