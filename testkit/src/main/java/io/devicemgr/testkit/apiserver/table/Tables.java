package io.devicemgr.testkit.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** meta.k8s.io/v1 Tables: what kubectl get prints. */
public final class Tables {
    private final List<Column> columns;

    private Tables(List<Column> columns) {
        this.columns = columns;
    }

    public static Tables builtin(String plural) {
        return new Tables(BuiltinColumns.of(plural));
    }

    /** The columns of a CRD; a CRD that names none has Age. */
    public static Tables custom(List<PrinterColumn> printed) {
        List<Column> columns = new ArrayList<>(List.of(Column.NAME));
        printed.forEach(p -> columns.add(column(p)));
        if (printed.isEmpty()) {
            columns.add(Column.AGE);
        }
        return new Tables(columns);
    }

    /**
     * @param include "Object" for whole objects in the rows, "None" for none, else their metadata
     */
    public ObjectNode table(List<? extends JsonNode> objects, ObjectNode metadata, String include) {
        ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.set("metadata", metadata);
        ArrayNode definitions = table.putArray("columnDefinitions");
        columns.forEach(c -> definitions
                .addObject()
                .put("name", c.name())
                .put("type", c.type())
                .put("format", c.format())
                .put("description", "")
                .put("priority", c.priority()));
        ArrayNode rows = table.putArray("rows");
        Instant now = Instant.now();
        objects.forEach(o -> row(rows.addObject(), o, now, include));
        return table;
    }

    private void row(ObjectNode row, JsonNode object, Instant now, String include) {
        ArrayNode cells = row.putArray("cells");
        columns.forEach(c -> cells.add(c.cell().of(object, now)));
        if (include.equals("Object")) {
            row.set("object", object);
        } else if (!include.equals("None")) {
            ObjectNode partial = row.putObject("object");
            partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
            partial.set("metadata", object.path("metadata"));
        }
    }

    private static Column column(PrinterColumn p) {
        return new Column(p.name(), p.type(), p.format(), p.priority(), (object, now) -> cell(p, object, now));
    }

    private static JsonNode cell(PrinterColumn column, JsonNode object, Instant now) {
        List<JsonNode> found = JsonPath.find(object, column.jsonPath());
        if (column.type().equals("date")) {
            return TextNode.valueOf(
                    found.isEmpty() ? "<unknown>" : Age.since(found.get(0).asText(), now));
        }
        if (found.isEmpty()) {
            return NullNode.getInstance();
        }
        boolean whole = column.type().equals("integer")
                || column.type().equals("number")
                || column.type().equals("boolean");
        if (whole) {
            return found.get(0);
        }
        return TextNode.valueOf(found.stream().map(Tables::shown).collect(Collectors.joining(",")));
    }

    private static String shown(JsonNode value) {
        return value.isValueNode() ? value.asText() : Json.text(value);
    }
}
