package io.devicemgr.testkit.apiserver.store;

import com.fasterxml.jackson.databind.JsonNode;

/** Says whether an object is asked for. */
@FunctionalInterface
public interface Selector {
    boolean matches(JsonNode object);

    default Selector and(Selector other) {
        return object -> matches(object) && other.matches(object);
    }

    static Selector everything() {
        return object -> true;
    }
}
