package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.CelRules;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.SchemaParser;
import io.devicemgr.testkit.apiserver.table.PrinterColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the served versions out of a CustomResourceDefinition. */
final class CustomKinds {
    private CustomKinds() {}

    static List<ResourceType> read(JsonNode crd, Schema objectMeta) {
        JsonNode spec = crd.path("spec");
        String storage = "";
        for (JsonNode version : spec.path("versions")) {
            if (version.path("storage").asBoolean(false)) {
                storage = Json.at(version, "name");
            }
        }
        List<ResourceType> types = new ArrayList<>();
        for (JsonNode version : spec.path("versions")) {
            if (version.path("served").asBoolean(false)) {
                types.add(version(spec, version, storage, objectMeta));
            }
        }
        return List.copyOf(types);
    }

    private static ResourceType version(JsonNode spec, JsonNode version, String storage, Schema objectMeta) {
        JsonNode names = spec.path("names");
        String kind = Json.at(names, "kind");
        Schema schema = SchemaParser.customResource(Json.in(version, "schema", "openAPIV3Schema"), objectMeta);
        return new ResourceType(
                Json.at(spec, "group"),
                Json.at(version, "name"),
                storage,
                Json.at(names, "plural"),
                names.path("singular").asText(kind.toLowerCase(Locale.ROOT)),
                kind,
                names.path("listKind").asText(kind + "List"),
                Json.at(spec, "scope").equals("Namespaced"),
                version.path("subresources").has("status"),
                true,
                texts(names.path("shortNames")),
                texts(names.path("categories")),
                schema,
                CelRules.compile(schema),
                columns(version.path("additionalPrinterColumns")),
                selectable(version.path("selectableFields")));
    }

    private static List<PrinterColumn> columns(JsonNode list) {
        List<PrinterColumn> columns = new ArrayList<>();
        for (JsonNode c : list) {
            columns.add(new PrinterColumn(
                    Json.at(c, "name"),
                    Json.at(c, "type"),
                    Json.at(c, "format"),
                    Json.at(c, "description"),
                    c.path("priority").asInt(0),
                    Json.at(c, "jsonPath")));
        }
        return List.copyOf(columns);
    }

    private static List<String> selectable(JsonNode list) {
        List<String> paths = new ArrayList<>();
        list.forEach(f -> paths.add(Json.at(f, "jsonPath")));
        return List.copyOf(paths);
    }

    static List<String> texts(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(n -> all.add(n.asText()));
        return List.copyOf(all);
    }
}
