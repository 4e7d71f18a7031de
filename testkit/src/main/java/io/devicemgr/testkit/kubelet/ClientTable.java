package io.devicemgr.testkit.kubelet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kubelet's clients. v1.36 knows one for each resource and takes whoever is there for the one it means (rules 26 and
 * 93); later kubelets tell them apart by their sockets (rule 94).
 */
final class ClientTable {
    private final KubeletProfile profile;
    private final Map<String, List<PluginClient>> clients = new HashMap<>();

    ClientTable(KubeletProfile profile) {
        this.profile = profile;
    }

    void add(PluginClient client) {
        if (profile == KubeletProfile.K136) {
            clients.remove(client.resource());
        }
        clients.computeIfAbsent(client.resource(), r -> new ArrayList<>()).add(client);
    }

    /** The client that this kubelet takes for the one of a resource and socket. */
    Optional<PluginClient> find(String resource, Path socket) {
        return clients.getOrDefault(resource, List.of()).stream()
                .filter(client ->
                        profile == KubeletProfile.K136 || client.socket().equals(socket))
                .findFirst();
    }

    /** Takes its record away; in v1.36 whoever's it is by now. */
    void remove(String resource, Path socket) {
        find(resource, socket).ifPresent(clients.getOrDefault(resource, List.of())::remove);
    }

    void clear() {
        clients.clear();
    }
}
