package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.schema.CelRules;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.schema.SchemaParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The built-in kinds and their schemas, generated from the fabric8 model by a test. */
public final class BuiltinKinds {
    private static final String FILE = "/io/devicemgr/testkit/apiserver/builtin-kinds.json";

    private final JsonNode document = load();
    private final Map<String, Schema> parsed = new HashMap<>();
    private final SchemaParser parser = SchemaParser.builtin(this::schema);
    private final List<ResourceType> kinds = new ArrayList<>();

    BuiltinKinds() {
        document.path("kinds").forEach(k -> kinds.add(kind(k)));
    }

    List<ResourceType> kinds() {
        return List.copyOf(kinds);
    }

    Schema objectMeta() {
        return schema("meta.v1.ObjectMeta");
    }

    /** The definitions by name, as in the file. */
    public JsonNode definitions() {
        return document.path("definitions");
    }

    /** The definition of a built-in kind. */
    public String definitionOf(ResourceType type) {
        for (JsonNode k : document.path("kinds")) {
            if (Json.at(k, "group").equals(type.group()) && Json.at(k, "plural").equals(type.plural())) {
                return Json.at(k, "schema");
            }
        }
        throw new IllegalArgumentException("not built in: " + type.key());
    }

    private Schema schema(String name) {
        Schema known = parsed.get(name);
        if (known == null) {
            known = parser.parse(document.path("definitions").path(name));
            parsed.put(name, known);
        }
        return known;
    }

    private ResourceType kind(JsonNode k) {
        String kind = Json.at(k, "kind");
        return new ResourceType(
                Json.at(k, "group"),
                Json.at(k, "version"),
                Json.at(k, "version"),
                Json.at(k, "plural"),
                Json.at(k, "singular"),
                kind,
                kind + "List",
                k.path("namespaced").asBoolean(),
                k.path("status").asBoolean(),
                false,
                CustomKinds.texts(k.path("shortNames")),
                CustomKinds.texts(k.path("categories")),
                schema(Json.at(k, "schema")),
                CelRules.NONE,
                List.of(),
                List.of());
    }

    private static JsonNode load() {
        try (InputStream in = BuiltinKinds.class.getResourceAsStream(FILE)) {
            return Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
