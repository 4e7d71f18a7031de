package io.devicemgr.agent.device;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Name of a device towards the kubelet: readable, stable, at most 63 characters of {@code [A-Za-z0-9._-]} (contract rules 44, 45). */
public record DeviceId(String value) implements Comparable<DeviceId> {
    private static final int MAX_LENGTH = 63;
    private static final int HASH_LENGTH = 8;
    private static final String DEV = "/dev/";

    /**
     * The id of a newly found device. It is its name, without /dev/; a hash of the resource name, then of the key too, is
     * appended when the id is taken.
     *
     * @param text name or path of the device
     * @param key what it is found by
     * @param resource resource that the device belongs to
     * @param taken whether another device of the node has an id
     */
    public static DeviceId of(String text, String key, String resource, Predicate<DeviceId> taken) {
        String name = text.startsWith(DEV) ? text.substring(DEV.length()) : text;
        String readable = name.replace('/', '-').replaceAll("[^A-Za-z0-9._-]", "_");
        return Stream.of(
                        readable.length() <= MAX_LENGTH ? readable : withHash(readable, key),
                        withHash(readable, resource),
                        withHash(readable, resource + " " + key))
                .map(DeviceId::new)
                .filter(id -> !taken.test(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No free device id for " + key + " of " + resource));
    }

    private static String withHash(String readable, String hashed) {
        int room = MAX_LENGTH - HASH_LENGTH - 1;
        return readable.substring(0, Math.min(readable.length(), room)) + "-" + hash(hashed);
    }

    /** Eight hexadecimal digits that stand for a text. */
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_LENGTH / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(DeviceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
