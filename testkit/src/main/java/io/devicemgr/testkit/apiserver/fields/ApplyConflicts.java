package io.devicemgr.testkit.apiserver.fields;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.fields.ManagedFields.Manager;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The 409 of an apply that touches fields of other managers. */
final class ApplyConflicts {
    private ApplyConflicts() {}

    static ApiException refusal(Map<Manager, FieldSet> conflicts) {
        Map<String, List<String>> byManager = new TreeMap<>();
        conflicts.forEach((manager, fields) -> byManager.put(shown(manager), fields.paths()));
        int count = byManager.values().stream().mapToInt(List::size).sum();
        StringBuilder message =
                new StringBuilder("Apply failed with " + count + (count == 1 ? " conflict: " : " conflicts: "));
        ObjectNode details = Json.object();
        boolean first = true;
        for (Map.Entry<String, List<String>> e : byManager.entrySet()) {
            message.append(first ? "" : "\n").append(lines(e.getKey(), e.getValue(), count));
            first = false;
            e.getValue()
                    .forEach(field -> details.withArray("causes")
                            .addObject()
                            .put("reason", "FieldManagerConflict")
                            .put("message", "conflict with " + e.getKey())
                            .put("field", field));
        }
        return new ApiException(409, "Conflict", message.toString(), details);
    }

    private static String lines(String manager, List<String> fields, int count) {
        return count == 1
                ? "conflict with " + manager + ": " + fields.get(0)
                : "conflicts with " + manager + ":\n- " + String.join("\n- ", fields);
    }

    private static String shown(Manager manager) {
        String text = '"' + manager.name() + '"';
        if (!manager.subresource().isEmpty()) {
            text += " with subresource \"" + manager.subresource() + '"';
        }
        if (manager.applies()) {
            return text;
        }
        return text + " using " + manager.apiVersion();
    }
}
