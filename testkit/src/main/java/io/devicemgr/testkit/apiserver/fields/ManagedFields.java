package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The owners of an object's fields, as metadata.managedFields holds them. */
final class ManagedFields {
    private final Map<Manager, Owned> entries = new LinkedHashMap<>();

    /** Who owns fields: one entry per manager name, operation and subresource. */
    record Manager(String name, String operation, String apiVersion, String subresource) {
        boolean applies() {
            return operation.equals("Apply");
        }
    }

    /** What a manager owns and since when. */
    record Owned(FieldSet fields, String time) {}

    static ManagedFields of(JsonNode object) {
        ManagedFields all = new ManagedFields();
        for (JsonNode e : Json.in(object, "metadata", "managedFields")) {
            Manager manager = new Manager(
                    e.path("manager").asText(""),
                    e.path("operation").asText(""),
                    e.path("apiVersion").asText(""),
                    e.path("subresource").asText(""));
            all.entries.put(
                    manager,
                    new Owned(FieldSet.parse(e.path("fieldsV1")), e.path("time").asText("")));
        }
        return all;
    }

    /** Writes the entries into the object; none at all leave no field behind. */
    void writeTo(ObjectNode object) {
        if (entries.isEmpty()) {
            Json.metadata(object).remove("managedFields");
            return;
        }
        ArrayNode list = Json.metadata(object).putArray("managedFields");
        sorted().forEach(e -> write(list.addObject(), e.getKey(), e.getValue()));
    }

    private static void write(ObjectNode entry, Manager manager, Owned owned) {
        entry.put("apiVersion", manager.apiVersion());
        entry.put("fieldsType", "FieldsV1");
        entry.set("fieldsV1", owned.fields().toJson());
        entry.put("manager", manager.name());
        entry.put("operation", manager.operation());
        if (!manager.subresource().isEmpty()) {
            entry.put("subresource", manager.subresource());
        }
        if (!owned.time().isEmpty()) {
            entry.put("time", owned.time());
        }
    }

    private List<Map.Entry<Manager, Owned>> sorted() {
        List<Map.Entry<Manager, Owned>> all = new ArrayList<>(entries.entrySet());
        all.sort(
                Comparator.comparing((Map.Entry<Manager, Owned> e) -> e.getKey().operation())
                        .thenComparing(e -> e.getValue().time())
                        .thenComparing(e -> e.getKey().name())
                        .thenComparing(e -> e.getKey().apiVersion())
                        .thenComparing(e -> e.getKey().subresource()));
        return all;
    }

    FieldSet owned(Manager manager) {
        Owned owned = entries.get(manager);
        return owned == null ? new FieldSet() : owned.fields();
    }

    boolean knows(Manager manager) {
        return entries.containsKey(manager);
    }

    List<Manager> managers() {
        return List.copyOf(entries.keySet());
    }

    /** Sets what a manager owns; the time moves only when the set changes, and an empty set removes the entry. */
    void set(Manager manager, FieldSet fields, String now) {
        Owned before = entries.get(manager);
        if (fields.isEmpty()) {
            entries.remove(manager);
        } else if (before == null || !before.fields().equals(fields)) {
            entries.put(manager, new Owned(fields, now));
        }
    }

    /** Takes fields away from every manager but one, whose times stay: they did not act. */
    void takeFromOthers(Manager manager, FieldSet fields) {
        for (Manager other : managers()) {
            if (!other.equals(manager)) {
                Owned owned = entries.get(other);
                FieldSet rest = owned.fields().difference(fields);
                if (rest.isEmpty()) {
                    entries.remove(other);
                } else {
                    entries.put(other, new Owned(rest, owned.time()));
                }
            }
        }
    }

    FieldSet all() {
        FieldSet union = new FieldSet();
        for (Owned owned : entries.values()) {
            union = union.union(owned.fields());
        }
        return union;
    }
}
