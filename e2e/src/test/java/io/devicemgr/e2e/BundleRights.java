package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The rights of the operator's service accounts. OLM makes accounts, roles and bindings from them itself. */
final class BundleRights {
    private final BundleChart chart;
    private final Set<String> accounts;
    private final List<ObjectNode> spoken = new ArrayList<>();

    BundleRights(BundleChart chart) {
        this.chart = chart;
        this.accounts = chart.ofKind("Deployment")
                .map(deployment ->
                        deployment.at("/spec/template/spec/serviceAccountName").asText())
                .collect(Collectors.toSet());
        chart.ofKind("ServiceAccount")
                .filter(account -> accounts.contains(BundleChart.name(account)))
                .forEach(spoken::add);
    }

    ArrayNode everywhere() {
        return boundBy("ClusterRoleBinding");
    }

    ArrayNode inTheirNamespace() {
        return boundBy("RoleBinding");
    }

    /** Objects of the chart that the ClusterServiceVersion has said in its own way. */
    List<ObjectNode> spoken() {
        return spoken;
    }

    private ArrayNode boundBy(String kind) {
        TreeMap<String, ArrayNode> rules = new TreeMap<>();
        chart.ofKind(kind).filter(this::concernsUs).forEach(binding -> {
            ObjectNode role = roleOf(binding);
            rules.computeIfAbsent(
                            binding.at("/subjects/0/name").asText(), account -> JsonNodeFactory.instance.arrayNode())
                    .addAll((ArrayNode) role.get("rules"));
            spoken.add(binding);
            spoken.add(role);
        });
        ArrayNode permissions = JsonNodeFactory.instance.arrayNode();
        rules.forEach((account, all) ->
                permissions.addObject().put("serviceAccountName", account).set("rules", all));
        return permissions;
    }

    private boolean concernsUs(JsonNode binding) {
        boolean ours = accounts.contains(binding.at("/subjects/0/name").asText());
        if (binding.get("subjects").size() > 1 || !ours) {
            throw new IllegalStateException(BundleChart.name(binding)
                    + " binds others than the operator, whose namespace is not known before the bundle is installed");
        }
        return true;
    }

    private ObjectNode roleOf(JsonNode binding) {
        return chart.ofKind(binding.at("/roleRef/kind").asText())
                .filter(role -> BundleChart.name(role)
                        .equals(binding.at("/roleRef/name").asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        BundleChart.name(binding) + " binds a role of which the bundle has no rules"));
    }
}
