package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Every kind that is served: the built-in ones, and those of the CRDs that exist. */
public final class KindRegistry {
    /** Where CustomResourceDefinitions are stored. */
    public static final GroupResource CRDS = new GroupResource("apiextensions.k8s.io", "customresourcedefinitions");

    private final BuiltinKinds builtin = new BuiltinKinds();
    private final Map<GroupResource, List<ResourceType>> kinds = new ConcurrentHashMap<>();
    private final List<Consumer<GroupResource>> onRemoved = new ArrayList<>();

    public KindRegistry() {
        builtin.kinds().forEach(k -> kinds.put(k.key(), List.of(k)));
    }

    public Optional<ResourceType> find(String group, String version, String plural) {
        return kinds.getOrDefault(new GroupResource(group, plural), List.of()).stream()
                .filter(k -> k.version().equals(version))
                .findFirst();
    }

    /** The storage version of a resource. */
    public Optional<ResourceType> find(GroupResource resource) {
        List<ResourceType> versions = kinds.getOrDefault(resource, List.of());
        return versions.stream()
                .filter(k -> k.version().equals(k.storageVersion()))
                .findFirst()
                .or(() -> versions.stream().findFirst());
    }

    public Optional<ResourceType> findKind(String apiVersion, String kind) {
        return all().stream()
                .filter(k -> k.apiVersion().equals(apiVersion) && k.kind().equals(kind))
                .findFirst();
    }

    /** All kinds in all versions, ordered by group, version and name. */
    public List<ResourceType> all() {
        return kinds.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(ResourceType::group)
                        .thenComparing(ResourceType::version)
                        .thenComparing(ResourceType::plural))
                .toList();
    }

    /** The built-in definitions that discovery documents refer to. */
    public BuiltinKinds builtin() {
        return builtin;
    }

    /** Reads a CRD; throws 422 when it cannot be served. */
    public List<ResourceType> read(JsonNode crd) {
        return CustomKinds.read(crd, builtin.objectMeta());
    }

    public void onRemoved(Consumer<GroupResource> listener) {
        onRemoved.add(listener);
    }

    /** Follows the stored CRDs; runs inside the commit, so that a kind is served when its creation is answered. */
    public void follow(WatchEvent event) {
        if (!event.object().resource().equals(CRDS)) {
            return;
        }
        JsonNode crd = event.object().json();
        GroupResource resource =
                new GroupResource(Json.at(crd, "spec", "group"), Json.at(crd, "spec", "names", "plural"));
        if (event.type() == WatchEvent.Type.DELETED) {
            kinds.remove(resource);
            onRemoved.forEach(l -> l.accept(resource));
        } else if (event.type() == WatchEvent.Type.ADDED || !sameSpec(event)) {
            kinds.put(resource, read(crd));
        }
    }

    private static boolean sameSpec(WatchEvent event) {
        return event.previous()
                .map(p -> p.json().path("spec").equals(event.object().json().path("spec")))
                .orElse(false);
    }
}
