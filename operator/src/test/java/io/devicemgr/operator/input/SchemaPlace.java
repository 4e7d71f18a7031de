package io.devicemgr.operator.input;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A node of the schema and where the whole spec has it.
 *
 * @param path with [] for items and {} for values of a map
 * @param pointer first place in the whole spec; empty when it has none
 * @param field the same place as an API server names it
 */
record SchemaPlace(String path, String pointer, String field, JsonNode schema, JsonNode value) {

    /** All nodes of the schema, parents before children. */
    static List<SchemaPlace> all() {
        List<SchemaPlace> places = new ArrayList<>();
        new SchemaPlace("spec", "", "spec", SpecTree.schema(), SpecTree.whole()).collect(places);
        return places;
    }

    boolean isThere() {
        return !value.isMissingNode();
    }

    private void collect(List<SchemaPlace> places) {
        places.add(this);
        schema.path("properties")
                .properties()
                .forEach(e -> property(e.getKey(), e.getValue()).collect(places));
        if (schema.path("items").isObject()) {
            items(schema.path("items"), places);
        }
        JsonNode values = schema.path("additionalProperties");
        if (values.isObject()) {
            String key = value.isObject() ? value.fieldNames().next() : "";
            new SchemaPlace(
                            path + "{}",
                            pointer + "/" + key.replace("~", "~0").replace("/", "~1"),
                            field + "." + key,
                            values,
                            value.path(key))
                    .collect(places);
        }
    }

    private SchemaPlace property(String name, JsonNode child) {
        return new SchemaPlace(path + "." + name, pointer + "/" + name, field + "." + name, child, value.path(name));
    }

    /** Of the items of the list each can have what others lack, so each place takes the first that has it. */
    private void items(JsonNode item, List<SchemaPlace> places) {
        List<List<SchemaPlace>> found = new ArrayList<>();
        for (int i = 0; i < Math.max(1, value.size()); i++) {
            List<SchemaPlace> below = new ArrayList<>();
            new SchemaPlace(path + "[]", pointer + "/" + i, field + "[" + i + "]", item, value.path(i)).collect(below);
            found.add(below);
        }
        for (int place = 0; place < found.get(0).size(); place++) {
            int index = place;
            places.add(found.stream()
                    .map(below -> below.get(index))
                    .filter(SchemaPlace::isThere)
                    .findFirst()
                    .orElse(found.get(0).get(index)));
        }
    }

    @Override
    public String toString() {
        return path;
    }
}
