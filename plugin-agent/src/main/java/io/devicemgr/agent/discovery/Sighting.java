package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;

/**
 * What a selector sees in one place.
 *
 * @param resource resource of the selector
 * @param key the place, in words, as in {@link Hardware#key()}
 * @param hardware what can be handed out, or null when there is a problem
 * @param problem why there is nothing to hand out, or null
 * @param message the problem in words: what is wrong and who must change what; null without a problem
 */
record Sighting(String resource, String key, Hardware hardware, Reason problem, String message) {

    /** A device. */
    static Sighting of(String resource, Hardware hardware) {
        return new Sighting(resource, hardware.key(), hardware, null, null);
    }

    /** A place in which something is wrong. */
    static Sighting problem(String resource, String key, Reason problem, String message) {
        return new Sighting(resource, key, null, problem, message);
    }

    boolean isDevice() {
        return hardware != null;
    }
}
