package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** The metadata that only the server writes: uid, times, generation, generated names. */
final class SystemFields {
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final List<String> SERVER_OWNED = List.of(
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink");
    private static final Set<String> WITH_GENERATION = Set.of(
            "pods",
            "daemonsets",
            "deployments",
            "replicasets",
            "statefulsets",
            "jobs",
            "customresourcedefinitions",
            "poddisruptionbudgets",
            "networkpolicies",
            "priorityclasses",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings");

    private final Clock clock;
    private final Random random = new Random();

    SystemFields(Clock clock) {
        this.clock = clock;
    }

    String now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    void onCreate(ResourceType type, ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        SERVER_OWNED.forEach(metadata::remove);
        metadata.remove("resourceVersion");
        if (Json.name(object).isEmpty() && !Json.at(metadata, "generateName").isEmpty()) {
            metadata.put("name", Json.at(metadata, "generateName") + suffix());
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        if (hasGeneration(type)) {
            metadata.put("generation", 1);
        }
    }

    /** What the client sent in these fields does not count: they are those of the live object. */
    void onUpdate(ObjectNode live, ObjectNode next) {
        ObjectNode metadata = Json.metadata(next);
        for (String field : SERVER_OWNED) {
            JsonNode value = live.path("metadata").get(field);
            if (value == null) {
                metadata.remove(field);
            } else {
                metadata.set(field, value);
            }
        }
    }

    /** Counts a change of anything but metadata and (with a status subresource) status. */
    void countGeneration(ResourceType type, ObjectNode live, ObjectNode next) {
        if (hasGeneration(type) && !content(type, live).equals(content(type, next))) {
            Json.metadata(next)
                    .put("generation", live.at("/metadata/generation").asLong(0) + 1);
        }
    }

    /** An object that waits for finalizers carries the time of its deletion and counts that as a change. */
    void markDeleted(ObjectNode object, long graceSeconds) {
        ObjectNode metadata = Json.metadata(object);
        metadata.put(
                "deletionTimestamp",
                Instant.now(clock)
                        .plusSeconds(graceSeconds)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        metadata.put("deletionGracePeriodSeconds", graceSeconds);
        if (metadata.has("generation")) {
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
    }

    private static boolean hasGeneration(ResourceType type) {
        return type.custom() || WITH_GENERATION.contains(type.plural());
    }

    private static ObjectNode content(ResourceType type, ObjectNode object) {
        ObjectNode content = Json.object();
        content.setAll(object);
        content.remove(List.of("metadata", "apiVersion", "kind"));
        if (type.hasStatus() || !type.custom()) {
            content.remove("status");
        }
        return content;
    }

    private String suffix() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
