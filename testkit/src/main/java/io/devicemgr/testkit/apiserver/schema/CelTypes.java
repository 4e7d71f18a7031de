package io.devicemgr.testkit.apiserver.schema;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The CEL types of a structural schema, declared as Kubernetes declares them, so that wrong rules do not compile. */
final class CelTypes implements CelTypeProvider {
    private final Map<String, StructType> structs = new HashMap<>();
    private final Map<Schema, CelType> types = new IdentityHashMap<>();

    /** Declares the schema and everything below it. */
    CelTypes(Schema root) {
        // No name that a rule could begin with: it would be taken for the type.
        declare(root, "Object", true);
    }

    CelType of(Schema schema) {
        return types.getOrDefault(schema, SimpleType.DYN);
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(structs.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(structs.get(name));
    }

    private CelType declare(Schema schema, String path, boolean root) {
        CelType type = switch (schema.type()) {
            case "string" -> text(schema);
            case "integer" -> SimpleType.INT;
            case "number" -> SimpleType.DOUBLE;
            case "boolean" -> SimpleType.BOOL;
            case "array" -> ListType.create(declare(schema.itemOrAny(), path + ".@items", false));
            case "object" -> object(schema, path, root);
            default -> SimpleType.DYN;
        };
        types.put(schema, type);
        return type;
    }

    private static CelType text(Schema schema) {
        return switch (schema.bounds().format()) {
            case "byte" -> SimpleType.BYTES;
            case "date", "date-time" -> SimpleType.TIMESTAMP;
            case "duration" -> SimpleType.DURATION;
            default -> SimpleType.STRING;
        };
    }

    private CelType object(Schema schema, String path, boolean root) {
        if (schema.additionalProperties().isPresent()) {
            return MapType.create(
                    SimpleType.STRING, declare(schema.additionalProperties().get(), path + ".@values", false));
        }
        if (schema.properties().isEmpty() && schema.preserveUnknown()) {
            return SimpleType.DYN;
        }
        Map<String, CelType> fields = new LinkedHashMap<>();
        schema.properties().forEach((name, field) -> {
            // Of an object's metadata, rules see the two names only.
            Schema seen = root && name.equals("metadata") ? names(field) : field;
            fields.put(CelNames.escape(name), declare(seen, path + "." + CelNames.escape(name), false));
        });
        StructType struct = StructType.create(
                path, ImmutableSet.copyOf(fields.keySet()), name -> Optional.ofNullable(fields.get(name)));
        structs.put(path, struct);
        return struct;
    }

    private static Schema names(Schema metadata) {
        Map<String, Schema> names = new LinkedHashMap<>(metadata.properties());
        names.keySet().retainAll(ImmutableSet.of("name", "generateName"));
        return metadata.withProperties(names);
    }
}
