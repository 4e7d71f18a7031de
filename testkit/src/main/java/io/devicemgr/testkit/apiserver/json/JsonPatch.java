package io.devicemgr.testkit.apiserver.json;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON patch, RFC 6902. */
public final class JsonPatch {
    private JsonPatch() {}

    /** An operation that does not fit the document. */
    public static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    /** The patched document; the given one may be changed on the way. */
    public static JsonNode apply(JsonNode document, JsonNode operations) throws Failed {
        JsonNode result = document;
        for (JsonNode operation : operations) {
            result = apply(result, operation, Json.at(operation, "op"));
        }
        return result;
    }

    private static JsonNode apply(JsonNode document, JsonNode operation, String op) throws Failed {
        JsonPointer path = JsonPointer.compile(Json.at(operation, "path"));
        JsonNode value = operation.path("value");
        return switch (op) {
            case "add" -> add(document, path, value.deepCopy());
            case "replace" -> add(removed(document, path, op), path, value.deepCopy());
            case "remove" -> removed(document, path, op);
            case "copy" -> add(document, path, from(document, operation).deepCopy());
            case "move" -> move(document, operation, path);
            case "test" -> test(document, path, value);
            default -> throw new Failed("Unexpected kind: " + op);
        };
    }

    private static JsonNode move(JsonNode document, JsonNode operation, JsonPointer path) throws Failed {
        JsonNode moved = from(document, operation);
        return add(removed(document, JsonPointer.compile(Json.at(operation, "from")), "move"), path, moved);
    }

    private static JsonNode from(JsonNode document, JsonNode operation) throws Failed {
        JsonNode value = document.at(Json.at(operation, "from"));
        if (value.isMissingNode()) {
            throw new Failed("copy operation does not apply: doc is missing from path: " + Json.at(operation, "from"));
        }
        return value;
    }

    private static JsonNode test(JsonNode document, JsonPointer path, JsonNode value) throws Failed {
        JsonNode found = document.at(path);
        if (!found.equals(value) && !(found.isMissingNode() && value.isNull())) {
            throw new Failed("testing value " + path + " failed");
        }
        return document;
    }

    private static JsonNode add(JsonNode document, JsonPointer path, JsonNode value) throws Failed {
        if (path.matches()) {
            return value;
        }
        JsonNode parent = document.at(path.head());
        String last = path.last().getMatchingProperty();
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode array) {
            array.insert(last.equals("-") ? array.size() : index(array, path, array.size()), value);
        } else {
            throw new Failed("add operation does not apply: doc is missing path: \"" + path + "\": missing value");
        }
        return document;
    }

    private static JsonNode removed(JsonNode document, JsonPointer path, String op) throws Failed {
        JsonNode parent = document.at(path.head());
        String last = path.last().getMatchingProperty();
        if (parent instanceof ObjectNode object && object.has(last)) {
            object.remove(last);
        } else if (parent instanceof ArrayNode array) {
            array.remove(index(array, path, array.size() - 1));
        } else {
            throw new Failed(op + " operation does not apply: doc is missing "
                    + (op.equals("replace") ? "key: " : "path: \"") + path + (op.equals("replace") ? "" : "\"")
                    + ": missing value");
        }
        return document;
    }

    private static int index(ArrayNode array, JsonPointer path, int highest) throws Failed {
        int index = path.last().getMatchingIndex();
        if (index < 0 || index > highest) {
            throw new Failed("operation does not apply: index out of bounds: " + path + " of " + array.size());
        }
        return index;
    }
}
