package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Label and field selectors in their query parameter form. */
public final class Selectors {
    private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s+\\(([^)]*)\\)");
    private static final Pattern EQUALITY = Pattern.compile("([^=!\\s]+)\\s*(==|=|!=)\\s*(\\S*)");
    private static final Pattern NUMERIC = Pattern.compile("(\\S+)\\s*([<>])\\s*(-?\\d+)");
    private static final Set<String> COMMON_FIELDS = Set.of("metadata.name", "metadata.namespace");
    private static final Set<String> POD_FIELDS = Set.of(
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName");
    private static final Set<String> EVENT_FIELDS = Set.of(
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "reason",
            "reportingController",
            "reportingComponent",
            "source",
            "type");

    private Selectors() {}

    /** Both selectors of a request; throws 400 when one cannot be read. */
    public static Selector of(ResourceType type, String labels, String fields) {
        return labels(labels).and(fields(type, fields));
    }

    static Selector labels(String text) {
        Selector all = Selector.everything();
        for (String part : split(text)) {
            all = all.and(requirement(part.trim()));
        }
        return all;
    }

    private static Selector requirement(String text) {
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            return in(set.group(1), set.group(2).equals("in"), values(set.group(3)));
        }
        Matcher numeric = NUMERIC.matcher(text);
        if (numeric.matches()) {
            return numeric(numeric.group(1), numeric.group(2).equals(">"), Long.parseLong(numeric.group(3)));
        }
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            return in(equality.group(1), !equality.group(2).equals("!="), List.of(equality.group(3)));
        }
        if (text.matches("!\\s*[^\\s!=]+")) {
            String name = text.substring(1).trim();
            return object -> label(object, name) == null;
        }
        if (text.matches("[^\\s!=]+")) {
            return object -> label(object, text) != null;
        }
        throw ApiException.badRequest("unable to parse requirement: " + text);
    }

    private static Selector in(String name, boolean wanted, List<String> values) {
        return object -> {
            String label = label(object, name);
            return wanted == (label != null && values.contains(label));
        };
    }

    private static Selector numeric(String name, boolean greater, long limit) {
        return object -> {
            String label = label(object, name);
            return label != null
                    && label.matches("-?\\d+")
                    && (greater ? Long.parseLong(label) > limit : Long.parseLong(label) < limit);
        };
    }

    private static String label(JsonNode object, String name) {
        JsonNode value = Json.in(object, "metadata", "labels").get(name);
        return value == null ? null : value.asText();
    }

    private static List<String> values(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::trim).toList();
    }

    /** Splits at commas that are not inside parentheses. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        if (from < text.length()) {
            parts.add(text.substring(from));
        }
        return parts;
    }

    static Selector fields(ResourceType type, String text) {
        Selector all = Selector.everything();
        for (String part : text.isBlank() ? List.<String>of() : List.of(text.split(","))) {
            Matcher equality = EQUALITY.matcher(part.trim());
            if (!equality.matches()) {
                throw ApiException.badRequest("invalid selector: '" + text + "'; can't understand '" + part + "'");
            }
            String field = equality.group(1);
            requireKnown(type, field);
            boolean wanted = !equality.group(2).equals("!=");
            String value = equality.group(3);
            all = all.and(object -> wanted == fieldValue(object, field).equals(value));
        }
        return all;
    }

    private static String fieldValue(JsonNode object, String field) {
        if (field.equals("source")) {
            return Json.at(object, "source", "component");
        }
        if (field.equals("reportingController")) {
            return Json.at(object, "reportingComponent");
        }
        return Json.at(
                object, field.replaceFirst("^regarding", "involvedObject").split("\\."));
    }

    private static void requireKnown(ResourceType type, String field) {
        boolean known = COMMON_FIELDS.contains(field)
                || switch (type.plural()) {
                    case "pods" -> POD_FIELDS.contains(field);
                    case "events" -> EVENT_FIELDS.contains(field);
                    case "nodes" -> field.equals("spec.unschedulable");
                    case "namespaces" -> field.equals("status.phase");
                    case "secrets" -> field.equals("type");
                    default -> selectable(type, field);
                };
        if (!known) {
            throw ApiException.badRequest("Unable to find \"" + type.group() + "/" + type.version() + ", Resource="
                    + type.plural() + "\" that match label selector \"\", field selector \"" + field
                    + "\": field label not supported: " + field);
        }
    }

    private static boolean selectable(ResourceType type, String field) {
        return type.custom() && type.selectableFields().contains("." + field);
    }
}
