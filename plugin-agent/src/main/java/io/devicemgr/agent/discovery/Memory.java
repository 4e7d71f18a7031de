package io.devicemgr.agent.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Remembers what was read in directories of sysfs, each for as long as it is the same directory: a device that comes again, be it
 * under the same name, has a new one, and so have all devices below it.
 *
 * @param <V> what was read
 */
final class Memory<V> {
    private Map<Path, Remembered<V>> before = Map.of();
    private Map<Path, Remembered<V>> now = new HashMap<>();

    /** Begins a look; what was not asked for in the last one is forgotten. */
    void nextLook() {
        before = now;
        now = new HashMap<>();
    }

    /**
     * What {@code read} says of the device.
     *
     * @param complete whether what was read may be remembered: a device that is just coming may lack some files
     */
    V of(SysfsDevice device, Function<SysfsDevice, V> read, Predicate<V> complete) {
        Path directory = device.directory();
        Remembered<V> known = now.get(directory);
        if (known != null) {
            return known.value;
        }
        // In this order: what changes in between has another stamp at the next look.
        Object stamp = stamp(directory);
        Remembered<V> old = before.get(directory);
        boolean same = old != null && stamp != null && stamp.equals(old.stamp);
        if (same) {
            now.put(directory, old);
            return old.value;
        }
        V value = read.apply(device);
        now.put(directory, new Remembered<>(complete.test(value) ? stamp : null, value));
        return value;
    }

    private static Object stamp(Path directory) {
        try {
            return Files.readAttributes(directory, "unix:ino,ctime");
        } catch (IOException e) {
            return null;
        }
    }

    private record Remembered<V>(Object stamp, V value) {}
}
