package io.devicemgr.agent.device;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Name of a device: readable, stable, of {@code [A-Za-z0-9._-]}, and so short that it has at most 63 characters even with the
 * number of a replica (contract rules 44, 45).
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
    /** Characters that an id has at most. */
    public static final int MAX_LENGTH = 58;

    /** Characters that may follow it: the number of a replica. They are kept free always, so that sharing changes no id. */
    public static final int REPLICA_LENGTH = 5;

    private static final int HASH_LENGTH = 8;
    private static final String DEV = "/dev/";

    /**
     * The id of a newly found device. It is its name, without /dev/ and with other characters replaced; a hash of the name is
     * appended when it is too long or not of printable ASCII, a hash of the resource name, then of the key too, when the id is taken.
     *
     * @param text name or path of the device
     * @param key what it is found by
     * @param resource resource that the device belongs to
     * @param taken whether another device of the node has an id
     */
    public static DeviceId of(String text, String key, String resource, Predicate<DeviceId> taken) {
        String name = text.startsWith(DEV) ? text.substring(DEV.length()) : text;
        String readable = name.replace('/', '-').replaceAll("[^A-Za-z0-9._-]", "_");
        boolean faithful = readable.length() <= MAX_LENGTH && name.matches("[ -~]*");
        return Stream.of(
                        faithful ? readable : withHash(readable, name),
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
