package io.devicemgr.testkit.openshift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.ClusterObjects;
import io.devicemgr.testkit.apiserver.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.StreamSupport;

/**
 * The KubeletConfig controller. It looks at an object when it is new, when its spec has changed, when it is being deleted, and
 * again and again when no pool was found, but never because a pool has changed.
 */
final class KubeletConfigJudge {
    static final String CONFIGS = "kubeletconfigs.machineconfiguration.openshift.io";

    private static final String SUFFIX = "machineconfiguration.openshift.io/mc-name-suffix";
    private static final int LOG = 3;

    private final ClusterObjects objects;
    private final OpenShiftRelease release;
    /** kubelet.conf of the generated MachineConfigs, by name. */
    private final SortedMap<String, String> machineConfigs;
    /** Generation of the last look, by uid. */
    private final Map<String, Long> judged = new HashMap<>();

    KubeletConfigJudge(ClusterObjects objects, OpenShiftRelease release, SortedMap<String, String> machineConfigs) {
        this.objects = objects;
        this.release = release;
        this.machineConfigs = machineConfigs;
    }

    void look() {
        objects.list(CONFIGS, "").forEach(this::look);
    }

    private void look(ObjectNode config) {
        String uid = Json.at(config, "metadata", "uid");
        long generation = config.at("/metadata/generation").asLong();
        if (config.at("/metadata").has("deletionTimestamp")) {
            letGo(config);
        } else if (judged.getOrDefault(uid, 0L) != generation && judge(config)) {
            judged.put(uid, generation);
        }
    }

    /** Takes the finalizers for the names of MachineConfigs, the first one first. */
    private void letGo(ObjectNode config) {
        config.at("/metadata/finalizers").forEach(finalizer -> {
            machineConfigs.remove(finalizer.asText());
            objects.update(CONFIGS, "", Json.name(config), found -> {
                ((ArrayNode) found.at("/metadata/finalizers")).remove(0);
                return found;
            });
        });
    }

    /** False when it will be tried again. */
    private boolean judge(ObjectNode config) {
        String file;
        try {
            file = KubeletConfigContent.file(config.at("/spec/kubeletConfig"));
        } catch (IllegalArgumentException e) {
            say(config, e.getMessage());
            return true;
        }
        List<ObjectNode> pools = objects.list(MachineConfigPools.POOLS, "").stream()
                .filter(pool -> selects(config, pool))
                .toList();
        if (pools.isEmpty()) {
            say(config, "could not find any MachineConfigPool set for KubeletConfig");
            return false;
        }
        for (ObjectNode pool : pools) {
            String name = "99-" + Json.name(pool) + "-generated-kubelet" + suffix(config, pool);
            machineConfigs.put(name, file);
            mark(config, name);
        }
        say(config, "");
        return true;
    }

    private static boolean selects(JsonNode config, JsonNode pool) {
        JsonNode selector = config.at("/spec/machineConfigPoolSelector");
        return !PoolLabels.isEmpty(selector) && PoolLabels.match(selector, pool.at("/metadata/labels"));
    }

    /** That of the annotation, which one object has for all of its pools; a new one comes after all others of the pool. */
    private String suffix(ObjectNode config, ObjectNode pool) {
        JsonNode annotations = current(config).at("/metadata/annotations");
        if (annotations.has(SUFFIX)) {
            String own = annotations.get(SUFFIX).asText();
            return own.isEmpty() ? "" : "-" + own;
        }
        List<ObjectNode> others = objects.list(CONFIGS, "").stream()
                .filter(other -> selects(other, pool) && !Json.name(other).equals(Json.name(config)))
                .toList();
        int last = others.stream()
                .mapToInt(
                        other -> other.at("/metadata/annotations").path(SUFFIX).asInt(0))
                .max()
                .orElse(0);
        return others.isEmpty() ? "" : "-" + (last + 1);
    }

    private ObjectNode current(ObjectNode config) {
        return objects.get(CONFIGS, "", Json.name(config)).orElse(config);
    }

    /** Its own annotation erases all others once; finalizers of others are cleared. */
    private void mark(ObjectNode config, String machineConfig) {
        objects.update(CONFIGS, "", Json.name(config), found -> {
            ObjectNode metadata = (ObjectNode) found.get("metadata");
            if (!metadata.path("annotations").has(SUFFIX)) {
                String tail = machineConfig.substring(machineConfig.indexOf("-generated-kubelet") + 18);
                metadata.putObject("annotations").put(SUFFIX, tail.isEmpty() ? "" : tail.substring(1));
            }
            ArrayNode finalizers = metadata.withArray("finalizers");
            if (texts(finalizers).stream().anyMatch(name -> !name.contains("kubelet"))) {
                finalizers.removeAll();
            }
            if (!texts(finalizers).contains(machineConfig)) {
                finalizers.add(machineConfig);
            }
            return found;
        });
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Appends to the log of conditions what this release says; an empty error is success. */
    private void say(ObjectNode config, String error) {
        boolean good = error.isEmpty();
        String message = good ? "Success" : "Error: " + error;
        objects.updateStatus(CONFIGS, "", Json.name(config), found -> {
            ObjectNode status = found.withObject("/status");
            ArrayNode log = status.withArray("conditions");
            if (release == OpenShiftRelease.FROM_4_23) {
                log.removeAll();
                append(log, "Accepted", good, message);
            }
            boolean oddFalse = release == OpenShiftRelease.UP_TO_4_13 || release == OpenShiftRelease.UP_TO_4_21;
            append(log, good ? "Success" : "Failure", good || !oddFalse, message);
            while (log.size() > LOG) {
                log.remove(0);
            }
            if (release != OpenShiftRelease.UP_TO_4_13) {
                status.set("observedGeneration", config.at("/metadata/generation"));
            }
            return found;
        });
    }

    private static void append(ArrayNode log, String type, boolean status, String message) {
        JsonNode last = log.isEmpty() ? Json.object() : log.get(log.size() - 1);
        if (!last.path("type").asText().equals(type)
                || !last.path("message").asText().equals(message)) {
            log.addObject()
                    .put("type", type)
                    .put("status", status ? "True" : "False")
                    .put("message", message);
        }
    }

    /** The render gate: every object whose selector matches, an empty one too, must have been accepted as it is now. */
    boolean holdsUp(ObjectNode pool) {
        return release != OpenShiftRelease.UP_TO_4_13
                && objects.list(CONFIGS, "").stream()
                        .filter(config -> PoolLabels.match(
                                config.at("/spec/machineConfigPoolSelector"), pool.at("/metadata/labels")))
                        .anyMatch(config -> !accepted(config));
    }

    private static boolean accepted(JsonNode config) {
        JsonNode log = config.at("/status/conditions");
        return !log.isEmpty()
                && log.get(log.size() - 1).path("type").asText().equals("Success")
                && config.at("/status/observedGeneration").equals(config.at("/metadata/generation"));
    }
}
