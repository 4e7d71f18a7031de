package io.devicemgr.testkit.kubelet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The living endpoints of a later kubelet, by resource and socket (rule 94). Guarded by the manager's lock. */
final class EndpointStore {
    private final Map<String, Map<Path, Endpoint>> endpoints = new HashMap<>();

    void add(String resource, Path socket, Endpoint endpoint) throws DeviceManagerException {
        if (endpoints.computeIfAbsent(resource, r -> new LinkedHashMap<>()).putIfAbsent(socket, endpoint) != null) {
            throw new DeviceManagerException("device plugin already connected: " + socket);
        }
    }

    Optional<Endpoint> remove(String resource, Path socket) {
        return Optional.ofNullable(
                endpoints.getOrDefault(resource, new HashMap<>()).remove(socket));
    }

    List<Endpoint> of(String resource) {
        return new ArrayList<>(endpoints.getOrDefault(resource, Map.of()).values());
    }
}
