package io.devicemgr.operator.desired;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a deleted deployment may have left in the status of nodes. Kept in ConfigMaps that nobody owns, because the kubelets let go
 * of a resource only minutes after the deployment has gone.
 *
 * @param deployment name of the deployment that is no more
 * @param since when its end began
 * @param groups resources, and the nodes on which its agents have offered these
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Leftovers(String deployment, String since, List<Group> groups) {
    /** Label of the ConfigMaps. */
    public static final String LABEL = "devicemgr.io/leftovers";

    private static final String KEY = "leftovers.json";
    /** So many that even with the longest of names one ConfigMap holds them. */
    private static final int NODES = 2000;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public Leftovers {
        since = since == null ? "" : since;
        groups = groups == null ? List.of() : List.copyOf(groups);
    }

    /** Nodes with the same resources. */
    public record Group(List<String> resources, List<String> nodes) {
        public Group {
            resources = resources == null ? List.of() : List.copyOf(resources);
            nodes = nodes == null ? List.of() : List.copyOf(nodes);
        }
    }

    /**
     * Brings them into a short form; in parts, so that each fits into an object.
     *
     * @param resources resources by node
     */
    public static List<Leftovers> of(String deployment, String since, Map<String, Set<String>> resources) {
        Map<List<String>, List<String>> nodes = new LinkedHashMap<>();
        new TreeMap<>(resources).forEach((node, names) -> {
            if (!names.isEmpty()) {
                nodes.computeIfAbsent(List.copyOf(new TreeSet<>(names)), set -> new ArrayList<>())
                        .add(node);
            }
        });
        List<Leftovers> parts = new ArrayList<>();
        nodes.forEach((names, on) -> {
            for (int i = 0; i < on.size(); i += NODES) {
                List<String> some = on.subList(i, Math.min(on.size(), i + NODES));
                parts.add(new Leftovers(deployment, since, List.of(new Group(names, some))));
            }
        });
        return parts;
    }

    /**
     * The ConfigMap of one part.
     *
     * @param uid of the deployment: another of that name is another
     */
    public ConfigMap configMap(String namespace, String uid, int part) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(ObjectNames.leftovers(deployment, uid, part))
                .addToLabels("app.kubernetes.io/part-of", Labels.OPERATOR)
                .addToLabels(LABEL, "true")
                .endMetadata()
                .addToData(KEY, toJson())
                .build();
    }

    private String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Leftovers cannot be written as JSON", e);
        }
    }

    /** Reads what {@link #configMap} wrote; nothing when somebody has made something else of it. */
    public static Optional<Leftovers> read(ConfigMap map) {
        try {
            String json = map.getData() == null ? null : map.getData().get(KEY);
            return json == null ? Optional.empty() : Optional.ofNullable(JSON.readValue(json, Leftovers.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
