package io.devicemgr.agent.allocation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of the CDI specification 1.1.0 (SPEC.md, by section) for what this project writes into its files. */
final class CdiRules {
    /** Section "Kind": DNS subdomain of at most 253 characters. The reference parser wants a letter at the beginning of both parts. */
    private static final Pattern VENDOR =
            Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    /** Section "Kind": at most 63 characters. */
    private static final Pattern CLASS = Pattern.compile("[A-Za-z]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    /** Section "CDI Devices"; the reference parser also takes colons. */
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.:]*[A-Za-z0-9])?");

    private final List<String> broken = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private String version = "0.3.0";

    private CdiRules() {}

    /** What is wrong with a specification; nothing when it is valid and its version the lowest possible. */
    static List<String> broken(String json) {
        CdiRules rules = new CdiRules();
        try {
            rules.check(JsonParser.parseString(json).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
            rules.broken.add("not a JSON object: " + e.getMessage());
        }
        return rules.broken;
    }

    private void check(JsonObject spec) {
        fields("the specification", spec, Set.of("cdiVersion", "kind", "devices"), Set.of());
        kind(text(spec, "kind"));
        // Section "CDI Devices": at least one entry.
        require(!list(spec, "devices").isEmpty(), "there is no device");
        list(spec, "devices").forEach(device -> device(device.getAsJsonObject()));
        // Section "Released versions": loading fails when a lower version is given than what is used needs.
        String given = text(spec, "cdiVersion");
        require(given.equals(version), "cdiVersion is " + given + " and should be " + version);
    }

    private void kind(String kind) {
        String[] parts = kind.split("/", -1);
        require(parts.length == 2, "kind " + kind + " has not two parts");
        require(VENDOR.matcher(parts[0]).matches() && parts[0].length() <= 253, "vendor " + parts[0]);
        require(CLASS.matcher(parts[parts.length - 1]).matches(), "class " + parts[parts.length - 1]);
        if (parts[parts.length - 1].contains(".")) {
            needs("0.6.0");
        }
    }

    private void device(JsonObject device) {
        fields("a device", device, Set.of("name", "containerEdits"), Set.of());
        String name = text(device, "name");
        require(DEVICE.matcher(name).matches(), "device name " + name);
        require(names.add(name), "device name " + name + " is there twice");
        if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
            needs("0.5.0");
        }
        JsonObject edits = device.getAsJsonObject("containerEdits");
        fields("containerEdits", edits, Set.of("deviceNodes"), Set.of());
        require(!list(edits, "deviceNodes").isEmpty(), "device " + name + " edits nothing");
        list(edits, "deviceNodes").forEach(node -> node(node.getAsJsonObject()));
    }

    private void node(JsonObject node) {
        // Section "OCI Edits".
        fields("a device node", node, Set.of("path"), Set.of("hostPath", "permissions"));
        require(text(node, "path").startsWith("/"), "path " + node);
        require(!node.has("permissions") || text(node, "permissions").matches("[rwm]{1,3}"), "permissions " + node);
        if (node.has("hostPath")) {
            require(text(node, "hostPath").startsWith("/"), "hostPath " + node);
            needs("0.5.0");
        }
    }

    private static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value == null ? "" : value.getAsString();
    }

    private static JsonArray list(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value == null ? new JsonArray() : value.getAsJsonArray();
    }

    private void fields(String what, JsonObject object, Set<String> required, Set<String> optional) {
        required.forEach(name -> require(object.has(name), what + " has no " + name));
        object.keySet()
                .forEach(name -> require(
                        required.contains(name) || optional.contains(name), what + " has the unknown field " + name));
    }

    private void needs(String other) {
        version = version.compareTo(other) < 0 ? other : version;
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            broken.add(what);
        }
    }
}
