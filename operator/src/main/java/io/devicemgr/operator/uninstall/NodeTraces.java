package io.devicemgr.operator.uninstall;

import io.devicemgr.operator.desired.Leftovers;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.TreeSet;

/** What is written down of resources in the status of nodes, which the operator takes off minutes later. */
final class NodeTraces {
    private final KubernetesClient client;
    private final String namespace;

    NodeTraces(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    private List<ConfigMap> notes() {
        return client.configMaps()
                .inNamespace(namespace)
                .withLabel(Leftovers.LABEL, "true")
                .list()
                .getItems();
    }

    /** Names of the resources that are to be taken off nodes. */
    List<String> resources() {
        TreeSet<String> resources = new TreeSet<>();
        notes().stream()
                .flatMap(note -> Leftovers.read(note).stream())
                .flatMap(left -> left.groups().stream())
                .forEach(group -> resources.addAll(group.resources()));
        return List.copyOf(resources);
    }

    /** Nobody will take them off. */
    void forget() {
        notes().forEach(note -> client.resource(note).delete());
    }
}
