package io.devicemgr.testkit.openshift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.ClusterObjects;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The render controller and the node controller: the target of a pool, its nodes and its status. */
final class MachineConfigPools {
    static final String POOLS = "machineconfigpools.machineconfiguration.openshift.io";

    private static final String PREFIX = "machineconfiguration.openshift.io/";
    private static final String DEFAULT_FILE = "default";

    private final ClusterObjects objects;
    private final SortedMap<String, String> machineConfigs;

    MachineConfigPools(ClusterObjects objects, SortedMap<String, String> machineConfigs) {
        this.objects = objects;
        this.machineConfigs = machineConfigs;
    }

    List<ObjectNode> all() {
        return objects.list(POOLS, "");
    }

    /** The last complete file wins, and equal content has the same name, so that nothing is rolled out. */
    void render(String pool) {
        SortedMap<String, String> made = new TreeMap<>(machineConfigs);
        made.keySet().removeIf(name -> !name.matches("99-" + pool + "-generated-kubelet(-\\d)?"));
        String file = made.isEmpty() ? KubeletConfigContent.file(Json.object()) : made.get(made.lastKey());
        ObjectNode target = Json.object().put("name", rendered(pool, file));
        ArrayNode source = target.putArray("source");
        source.addObject().put("name", "00-" + pool);
        made.keySet().forEach(name -> source.addObject().put("name", name));
        boolean same = pool(pool).at("/spec/configuration").equals(target);
        if (!same) {
            objects.update(POOLS, "", pool, found -> {
                found.withObject("/spec").set("configuration", target);
                return found;
            });
        }
    }

    private static String rendered(String pool, String file) {
        return "rendered-" + pool + "-" + Integer.toHexString(Objects.hash(DEFAULT_FILE, file));
    }

    private ObjectNode pool(String name) {
        return objects.get(POOLS, "", name).orElseThrow();
    }

    /** The nodes that the pool's nodeSelector matches, by name. */
    List<ObjectNode> nodes(String pool) {
        JsonNode selector = pool(pool).at("/spec/nodeSelector");
        return objects.list("nodes", "").stream()
                .filter(node ->
                        !PoolLabels.isEmpty(selector) && PoolLabels.match(selector, node.at("/metadata/labels")))
                .sorted((left, right) -> Json.name(left).compareTo(Json.name(right)))
                .toList();
    }

    /** The next node that is not at the pool's target; nothing when the pool is paused or done. */
    Optional<String> next(String pool) {
        JsonNode spec = pool(pool).get("spec");
        return spec.path("paused").asBoolean()
                ? Optional.empty()
                : nodes(pool).stream()
                        .filter(node -> !isAt(node, target(pool)))
                        .map(Json::name)
                        .findFirst();
    }

    String target(String pool) {
        return pool(pool).at("/spec/configuration/name").asText();
    }

    void annotate(String node, Map<String, String> values) {
        objects.update("nodes", "", node, found -> {
            ObjectNode annotations = found.withObject("/metadata/annotations");
            values.forEach((key, value) -> annotations.put(PREFIX + key, value));
            return found;
        });
    }

    /** Nodes join with the configuration that the pool has rolled out. */
    void adopt(String pool) {
        String joined = pool(pool).at("/status/configuration/name").asText(target(pool));
        nodes(pool).stream()
                .filter(node -> annotation(node, "currentConfig").isEmpty())
                .forEach(node -> annotate(
                        Json.name(node), Map.of("currentConfig", joined, "desiredConfig", joined, "state", "Done")));
    }

    void report(String pool) {
        ObjectNode found = pool(pool);
        List<ObjectNode> nodes = nodes(pool);
        int updated = count(nodes, node -> isAt(node, target(pool)));
        int ready = count(nodes, node -> isAt(node, target(pool)) && isReady(node));
        List<ObjectNode> degraded = nodes.stream()
                .filter(node -> annotation(node, "state").equals("Degraded"))
                .toList();
        boolean done = ready == nodes.size();
        boolean paused = found.at("/spec/paused").asBoolean();
        ObjectNode status = Json.object();
        status.set("observedGeneration", found.at("/metadata/generation"));
        status.put("machineCount", nodes.size())
                .put("updatedMachineCount", updated)
                .put("readyMachineCount", ready)
                .put("unavailableMachineCount", 0)
                .put("degradedMachineCount", degraded.size());
        JsonNode rolledOut = found.at(done ? "/spec/configuration" : "/status/configuration");
        status.set("configuration", rolledOut.isMissingNode() ? Json.object() : rolledOut);
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "Updated", done, done ? "All nodes are updated with MachineConfig " + target(pool) : "");
        condition(
                conditions,
                "Updating",
                !done && !paused,
                paused ? "Pool is paused; will not update to " + target(pool) : "");
        condition(conditions, "RenderDegraded", false, "");
        condition(conditions, "NodeDegraded", !degraded.isEmpty(), complaint(degraded));
        condition(conditions, "Degraded", !degraded.isEmpty(), "");
        if (!status.equals(found.get("status"))) {
            objects.updateStatus(POOLS, "", pool, live -> live.set("status", status.deepCopy()));
        }
    }

    private static String complaint(List<ObjectNode> degraded) {
        return degraded.isEmpty()
                ? ""
                : "Node " + Json.name(degraded.get(0)) + " is reporting: \"" + annotation(degraded.get(0), "reason")
                        + "\"";
    }

    private static void condition(ArrayNode conditions, String type, boolean status, String message) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", status ? "True" : "False")
                .put("message", message);
    }

    private static int count(List<ObjectNode> nodes, Predicate<ObjectNode> which) {
        return (int) nodes.stream().filter(which).count();
    }

    private static boolean isAt(JsonNode node, String target) {
        return annotation(node, "currentConfig").equals(target)
                && annotation(node, "desiredConfig").equals(target)
                && annotation(node, "state").equals("Done");
    }

    private static boolean isReady(JsonNode node) {
        boolean ready = false;
        for (JsonNode condition : node.at("/status/conditions")) {
            ready |= condition.path("type").asText().equals("Ready")
                    && condition.path("status").asText().equals("True");
        }
        return ready && !node.at("/spec/unschedulable").asBoolean();
    }

    private static String annotation(JsonNode node, String key) {
        return node.at("/metadata/annotations").path(PREFIX + key).asText();
    }
}
