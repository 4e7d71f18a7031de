package io.devicemgr.testkit.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of JSONPath that printer columns use: .a.b, ['a'], [0], [*], [?(@.type=="Ready")]. */
final class JsonPath {
    private static final Pattern STEP = Pattern.compile(
            "\\.((?:[^.\\[\\\\]|\\\\.)+)|\\['([^']*)'\\]|\\[(-?\\d+)\\]|\\[(\\*)\\]|\\[\\?\\(@\\.([\\w.]+)\\s*==\\s*(?:\"([^\"]*)\"|'([^']*)'|([^)]*))\\)\\]");

    private JsonPath() {}

    /** All values at the path. */
    static List<JsonNode> find(JsonNode object, String path) {
        List<JsonNode> here = List.of(object);
        Matcher step = STEP.matcher(path.startsWith(".") || path.startsWith("[") ? path : "." + path);
        int end = 0;
        while (step.find() && step.start() == end) {
            end = step.end();
            here = next(here, step);
        }
        return here;
    }

    private static List<JsonNode> next(List<JsonNode> nodes, Matcher step) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode node : nodes) {
            if (step.group(1) != null) {
                add(found, node.path(step.group(1).replace("\\", "")));
            } else if (step.group(2) != null) {
                add(found, node.path(step.group(2)));
            } else if (step.group(3) != null) {
                int index = Integer.parseInt(step.group(3));
                add(found, node.path(index < 0 ? node.size() + index : index));
            } else if (step.group(4) != null) {
                node.forEach(found::add);
            } else {
                filter(node, step, found);
            }
        }
        return found;
    }

    private static void filter(JsonNode list, Matcher step, List<JsonNode> found) {
        String wanted = step.group(6) != null
                ? step.group(6)
                : step.group(7) != null ? step.group(7) : step.group(8).strip();
        for (JsonNode item : list) {
            if (item.at("/" + step.group(5).replace('.', '/')).asText("").equals(wanted)) {
                found.add(item);
            }
        }
    }

    private static void add(List<JsonNode> found, JsonNode value) {
        if (!value.isMissingNode() && !value.isNull()) {
            found.add(value);
        }
    }
}
