package io.devicemgr.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.devicemgr.api.agent.AgentSettings;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes: equal for equal objects, whatever the order in which their maps were filled. */
public final class Revision {
    private static final int LENGTH = 10;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Revision() {}

    /** Hash of everything that reaches a node: the settings and the pod template (image included). */
    static String of(AgentSettings settings, PodTemplateSpec template) {
        return hash(settings.toJson() + json(template));
    }

    /** Hash of any object, ten hexadecimal digits. */
    public static String ofObject(Object object) {
        return hash(json(object));
    }

    /** An object as JSON, the same text for equal objects. */
    static String write(Object object) {
        return json(object);
    }

    /**
     * Reads an object.
     *
     * @throws JsonProcessingException when it is not of that type
     */
    static <T> T read(String json, Class<T> type) throws JsonProcessingException {
        return JSON.readValue(json, type);
    }

    private static String json(Object object) {
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A desired object cannot be written as JSON", e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
