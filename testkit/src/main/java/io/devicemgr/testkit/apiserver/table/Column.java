package io.devicemgr.testkit.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;

/** One column: how it is described and what stands in it. */
record Column(String name, String type, String format, int priority, Cell cell) {

    /** Computes the value of one row. */
    @FunctionalInterface
    interface Cell {
        JsonNode of(JsonNode object, Instant now);
    }

    static Column text(String name, CellText text) {
        return new Column(name, "string", "", 0, (o, now) -> TextNode.valueOf(text.of(o)));
    }

    static Column wide(String name, CellText text) {
        return new Column(name, "string", "", 1, (o, now) -> TextNode.valueOf(text.of(o)));
    }

    static Column count(String name, CellCount count) {
        return new Column(name, "integer", "", 0, (o, now) -> IntNode.valueOf(count.of(o)));
    }

    /** A text computed from the object. */
    @FunctionalInterface
    interface CellText {
        String of(JsonNode object);
    }

    /** A number computed from the object. */
    @FunctionalInterface
    interface CellCount {
        int of(JsonNode object);
    }

    static final Column NAME = new Column(
            "Name",
            "string",
            "name",
            0,
            (o, now) -> TextNode.valueOf(o.at("/metadata/name").asText()));
    static final Column AGE = age("Age", "/metadata/creationTimestamp");

    static Column age(String name, String pointer) {
        return new Column(
                name,
                "string",
                "",
                0,
                (o, now) -> TextNode.valueOf(Age.since(o.at(pointer).asText(), now)));
    }
}
