package io.devicemgr.operator.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Specs at random: parts of the whole spec, some of them replaced by what is at a limit, beyond it, or hostile. */
final class RandomSpecs {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final JsonNode SCHEMA = SpecTree.schema();
    private static final List<String> TEXTS = texts();
    private static final List<String> STRANGE = List.of(
            "",
            " ",
            "a",
            "A",
            "-",
            "-a",
            "a-",
            "a.b",
            "a..b",
            ".",
            "..",
            "...",
            "~",
            "_a",
            "0",
            "1",
            "-1",
            "+1",
            "1.5",
            "100m",
            "1Gi",
            "9Ei",
            "1e3",
            "1E-3",
            "1e99",
            "1e-99",
            "1n",
            ".5",
            "5.",
            "1k",
            "0x10",
            "10%",
            "0%",
            "101%",
            "true",
            "null",
            "/",
            "//",
            "/..",
            "../a",
            "a/../b",
            "/a/./b/",
            "a:b",
            "/a:b",
            "/dev",
            "/dev/",
            "/dev/a/../b",
            "/dev/.",
            "/dev/{a,b}*",
            "/dev/{a,{b,c}",
            "/dev/[z-a]",
            "/dev/[!]",
            "/dev/[",
            "/dev/\u00e4\u20ac\ud83d\ude00",
            "\u0000",
            "a\u0000b",
            "a\nb",
            "a b",
            "\u00a0",
            "\u202e",
            "\u007f",
            "\u0085",
            "\u2028",
            "\uffff",
            "\u00e4",
            "A=B",
            "PATH",
            "$(X)",
            "%d",
            "%d%d",
            "%s",
            "agent",
            "dev",
            "sys",
            "cdi",
            "settings",
            "plugins-registry",
            "cpu",
            "memory",
            "gpu",
            "hugepages-2Mi",
            "hugepages-",
            "hugepages-3Ki",
            "kubernetes.io/a",
            "a.kubernetes.io/a",
            "example.com/a",
            "example.com/a/b",
            "/a",
            "a/",
            "requests.example.com/a",
            "requests.cpu",
            "v1",
            "v2",
            "metadata.labels['a']",
            "metadata.name",
            "limits.hugepages-2Mi",
            "Exists",
            "NoExecute",
            "CAP_SYS_ADMIN",
            "Bidirectional",
            "Memory",
            "HugePages-1Gi",
            "x".repeat(63),
            "x".repeat(64),
            "x".repeat(253),
            "x".repeat(254),
            "\u20ac".repeat(64),
            "x.".repeat(130) + "x",
            "x".repeat(245) + "/a",
            "x".repeat(5000));

    private final Random random;

    /** @param seed the same seed makes the same spec */
    RandomSpecs(long seed) {
        random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    ObjectNode next() {
        ObjectNode spec = SpecTree.whole();
        thin(spec, SCHEMA, new double[] {0, 0.1, 0.3, 0.6, 0.9}[random.nextInt(5)]);
        int changes = new int[] {0, 1, 1, 2, 3, 6}[random.nextInt(6)];
        for (int i = 0; i < changes; i++) {
            change(spec);
        }
        return spec;
    }

    /** Leaves out fields and items, but hardly ever what the schema requires. */
    private void thin(JsonNode node, JsonNode schema, double share) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String field : names) {
                if (random.nextDouble() < (isNeeded(field, schema) ? share / 500 : share)) {
                    object.remove(field);
                }
            }
        } else if (node instanceof ArrayNode list) {
            for (int i = list.size() - 1; i >= 0; i--) {
                if (list.size() > 1 && random.nextDouble() < share) {
                    list.remove(i);
                }
            }
        }
        below(node, schema).forEach(place -> thin(place.value(), place.schema(), share));
    }

    private static boolean isNeeded(String field, JsonNode schema) {
        boolean required = schema.path("required")
                .valueStream()
                .anyMatch(name -> name.asText().equals(field));
        return required || schema.path("x-kubernetes-validations").size() > 0;
    }

    /** A place in a tree. */
    private record Place(JsonNode parent, String key, int index, JsonNode schema) {
        void put(JsonNode value) {
            if (parent instanceof ArrayNode list) {
                list.set(index, value);
            } else {
                ((ObjectNode) parent).set(key, value);
            }
        }

        void remove() {
            if (parent instanceof ArrayNode list) {
                list.remove(index);
            } else {
                ((ObjectNode) parent).remove(key);
            }
        }

        JsonNode value() {
            return parent instanceof ArrayNode list ? list.get(index) : parent.get(key);
        }
    }

    private void change(ObjectNode spec) {
        List<Place> places = new ArrayList<>();
        collect(spec, SCHEMA, places);
        if (places.isEmpty()) {
            return;
        }
        Place place = places.get(random.nextInt(places.size()));
        switch (random.nextInt(12)) {
            case 0 -> place.remove();
            case 1 -> place.put(anything());
            case 2 -> repeat(place);
            default -> place.put(fitting(place.schema(), place.value()));
        }
    }

    private static void collect(JsonNode node, JsonNode schema, List<Place> places) {
        for (Place place : below(node, schema)) {
            places.add(place);
            collect(place.value(), place.schema(), places);
        }
    }

    private static List<Place> below(JsonNode node, JsonNode schema) {
        List<Place> places = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            object.fieldNames()
                    .forEachRemaining(name -> places.add(new Place(
                            object,
                            name,
                            0,
                            schema.path("properties").has(name)
                                    ? schema.path("properties").path(name)
                                    : schema.path("additionalProperties"))));
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                places.add(new Place(list, "", i, schema.path("items")));
            }
        }
        return places;
    }

    private void repeat(Place place) {
        if (place.parent() instanceof ArrayNode list) {
            int times = random.nextInt(8) == 0 ? 70 : 1;
            for (int i = 0; i < times; i++) {
                list.add(place.value().deepCopy());
            }
        } else if (place.parent() instanceof ObjectNode object) {
            object.set(text(), place.value().deepCopy());
        }
    }

    /** A value of the type that the schema asks for. */
    private JsonNode fitting(JsonNode schema, JsonNode value) {
        if (schema.has("enum") && random.nextBoolean()) {
            return schema.path("enum").get(random.nextInt(schema.path("enum").size()));
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return random.nextBoolean() ? number(schema) : TextNode.valueOf(text());
        }
        return switch (schema.path("type").asText()) {
            case "string" -> TextNode.valueOf(bounded(schema));
            case "integer" -> number(schema);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "array" ->
                random.nextBoolean()
                        ? JSON.arrayNode()
                        : JSON.arrayNode().add(value.path(0)).add(value.path(0));
            default ->
                random.nextBoolean() ? JSON.objectNode() : JSON.objectNode().set(text(), TextNode.valueOf(text()));
        };
    }

    private JsonNode number(JsonNode schema) {
        long min = schema.path("minimum").asLong(0);
        long max = schema.path("maximum").asLong(Integer.MAX_VALUE);
        return switch (random.nextInt(12)) {
            case 0 -> JSON.numberNode(min - 1);
            case 1 -> JSON.numberNode(max + 1);
            case 2 -> JSON.numberNode(1L << 31);
            case 3 -> JSON.numberNode(Long.MAX_VALUE);
            case 4 -> JSON.numberNode(new BigInteger("9".repeat(30)));
            case 5 -> JSON.numberNode(new BigDecimal("2.0"));
            case 6 -> JSON.numberNode(new BigDecimal("1.5"));
            case 7 -> JSON.numberNode(max);
            default -> JSON.numberNode(min + random.nextInt((int) Math.max(1, Math.min(100, max - min))));
        };
    }

    private String bounded(JsonNode schema) {
        int max = schema.path("maxLength").asInt(100);
        return switch (random.nextInt(10)) {
            case 0 -> "x".repeat(max);
            case 1 -> "x".repeat(max + 1);
            case 2 -> "\u20ac".repeat(max);
            default -> text();
        };
    }

    private String text() {
        List<String> from = random.nextInt(3) == 0 ? TEXTS : STRANGE;
        return from.get(random.nextInt(from.size()));
    }

    private JsonNode anything() {
        return switch (random.nextInt(7)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(random.nextBoolean());
            case 2 -> number(JSON.objectNode());
            case 3 -> JSON.arrayNode().add(text());
            case 4 -> JSON.arrayNode().addNull();
            case 5 -> JSON.objectNode().put(text(), text());
            default -> TextNode.valueOf(text());
        };
    }

    /** Texts of the whole spec, so that names collide and values turn up in wrong places. */
    private static List<String> texts() {
        List<String> all = new ArrayList<>();
        collect(SpecTree.whole(), all);
        return all;
    }

    private static void collect(JsonNode node, List<String> texts) {
        if (node.isTextual()) {
            texts.add(node.asText());
        }
        node.forEach(child -> collect(child, texts));
    }
}
