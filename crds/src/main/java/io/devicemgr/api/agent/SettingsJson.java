package io.devicemgr.api.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The settings' text. A class of its own, so that the agent gets along without Jackson's data binding. */
final class SettingsJson {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private SettingsJson() {}

    static String write(AgentSettings settings) {
        try {
            return JSON.writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Agent settings cannot be written as JSON", e);
        }
    }

    static AgentSettings read(String json) {
        try {
            return JSON.readValue(json, AgentSettings.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not agent settings: " + e.getOriginalMessage(), e);
        }
    }
}
