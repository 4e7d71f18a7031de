package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of field paths in the FieldsV1 form of managedFields. A path element is kept as its text there: {@code f:name},
 * {@code k:{"name":"x"}} or {@code v:"x"}. Mutable while it is built; the set operations return new sets.
 */
public final class FieldSet {
    private final TreeMap<String, Node> children = new TreeMap<>();

    private static final class Node {
        private boolean member;
        private FieldSet below = new FieldSet();
    }

    public static FieldSet parse(JsonNode fieldsV1) {
        FieldSet set = new FieldSet();
        fieldsV1.properties().forEach(e -> {
            if (!e.getKey().equals(".")) {
                Node node = new Node();
                node.member = e.getValue().isEmpty() || e.getValue().has(".");
                node.below = parse(e.getValue());
                set.children.put(e.getKey(), node);
            }
        });
        return set;
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        children.forEach((element, node) -> {
            ObjectNode inner = json.putObject(element);
            if (!node.below.isEmpty()) {
                if (node.member) {
                    inner.putObject(".");
                }
                inner.setAll(node.below.toJson());
            }
        });
        return json;
    }

    public boolean isEmpty() {
        return children.isEmpty();
    }

    /** Adds the path itself as a member. */
    public void insert(List<String> path) {
        FieldSet here = this;
        for (int i = 0; i < path.size(); i++) {
            Node node = here.children.computeIfAbsent(path.get(i), e -> new Node());
            node.member |= i == path.size() - 1;
            here = node.below;
        }
    }

    public boolean has(String element) {
        Node node = children.get(element);
        return node != null && node.member;
    }

    /** What this set says below one element. */
    public FieldSet below(String element) {
        Node node = children.get(element);
        return node == null ? new FieldSet() : node.below;
    }

    public FieldSet union(FieldSet other) {
        FieldSet result = copy();
        other.children.forEach((element, theirs) -> {
            Node node = result.children.computeIfAbsent(element, e -> new Node());
            node.member |= theirs.member;
            node.below = node.below.union(theirs.below);
        });
        return result;
    }

    public FieldSet intersection(FieldSet other) {
        FieldSet result = new FieldSet();
        children.forEach((element, mine) -> {
            Node theirs = other.children.get(element);
            if (theirs != null) {
                result.keep(element, mine.member && theirs.member, mine.below.intersection(theirs.below));
            }
        });
        return result;
    }

    public FieldSet difference(FieldSet other) {
        FieldSet result = new FieldSet();
        children.forEach((element, mine) -> {
            Node theirs = other.children.get(element);
            if (theirs == null) {
                result.keep(element, mine.member, mine.below.copy());
            } else {
                result.keep(element, mine.member && !theirs.member, mine.below.difference(theirs.below));
            }
        });
        return result;
    }

    /** Like difference, but a member of the other set takes everything below it away too. */
    public FieldSet without(FieldSet other) {
        FieldSet result = new FieldSet();
        children.forEach((element, mine) -> {
            Node theirs = other.children.get(element);
            if (theirs == null) {
                result.keep(element, mine.member, mine.below.copy());
            } else if (!theirs.member) {
                result.keep(element, mine.member, mine.below.without(theirs.below));
            }
        });
        return result;
    }

    /** The set in which every named field on the way to a member is a member too. */
    public FieldSet withNamedParents() {
        FieldSet result = new FieldSet();
        children.forEach((element, node) -> result.keep(
                element,
                node.member || element.startsWith("f:") || element.startsWith("k:"),
                node.below.withNamedParents()));
        return result;
    }

    /** All member paths in the notation of conflict messages: .spec.list[name="x"].field */
    public List<String> paths() {
        List<String> all = new ArrayList<>();
        collect("", all);
        return all;
    }

    private void collect(String prefix, List<String> all) {
        children.forEach((element, node) -> {
            String here = prefix + PathElements.shown(element);
            if (node.member) {
                all.add(here);
            }
            node.below.collect(here, all);
        });
    }

    private void keep(String element, boolean member, FieldSet below) {
        if (member || !below.isEmpty()) {
            Node node = new Node();
            node.member = member;
            node.below = below;
            children.put(element, node);
        }
    }

    FieldSet copy() {
        FieldSet result = new FieldSet();
        for (Map.Entry<String, Node> e : children.entrySet()) {
            result.keep(e.getKey(), e.getValue().member, e.getValue().below.copy());
        }
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set && toJson().equals(set.toJson());
    }

    @Override
    public int hashCode() {
        return children.keySet().hashCode();
    }
}
