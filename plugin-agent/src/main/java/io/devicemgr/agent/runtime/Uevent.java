package io.devicemgr.agent.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One event of the kernel about one device.
 *
 * @param action add, remove, change, move, online, offline, bind or unbind
 * @param devpath path below /sys, starting with a slash
 * @param subsystem such as usb, tty or pci
 * @param properties everything that the kernel says, the three above included
 */
public record Uevent(String action, String devpath, String subsystem, Map<String, String> properties) {
    private static final String ACTION = "ACTION";
    private static final String DEVPATH = "DEVPATH";
    private static final String SUBSYSTEM = "SUBSYSTEM";

    public Uevent {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** Reads {@code add@/devices/x NUL KEY=value NUL ...}; nothing when it is not of this form or lacks one of the three. */
    public static Optional<Uevent> parse(byte[] message) {
        String[] parts = new String(message, StandardCharsets.UTF_8).split("\0", -1);
        if (parts[0].indexOf('@') < 1) {
            return Optional.empty();
        }
        Map<String, String> properties = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                properties.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
            }
        }
        if (!properties.containsKey(ACTION) || !properties.containsKey(DEVPATH) || !properties.containsKey(SUBSYSTEM)) {
            return Optional.empty();
        }
        return Optional.of(
                new Uevent(properties.get(ACTION), properties.get(DEVPATH), properties.get(SUBSYSTEM), properties));
    }
}
