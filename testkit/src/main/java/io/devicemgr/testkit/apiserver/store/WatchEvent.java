package io.devicemgr.testkit.apiserver.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One change of one object, at a revision; its line for the wire is made once for all watchers. */
public final class WatchEvent {
    /** What happened. */
    public enum Type {
        ADDED,
        MODIFIED,
        DELETED
    }

    private final Type type;
    private final StoredObject object;
    private final StoredObject previous;
    private volatile byte[] line;

    WatchEvent(Type type, StoredObject object, StoredObject previous) {
        this.type = type;
        this.object = object;
        this.previous = previous;
    }

    public Type type() {
        return type;
    }

    /** The new state; for a deletion the last state with the deletion's revision. */
    public StoredObject object() {
        return object;
    }

    /** The state before; empty for an addition. */
    public Optional<StoredObject> previous() {
        return Optional.ofNullable(previous);
    }

    public long revision() {
        return object.revision();
    }

    /** This event as seen through a selector: entering is an addition, leaving a deletion; empty when it is not seen. */
    public Optional<WatchEvent> through(Selector selector) {
        boolean before = previous != null && selector.matches(previous.json());
        boolean after = type != Type.DELETED && selector.matches(object.json());
        if (after && before || after && type == Type.ADDED) {
            return Optional.of(this);
        }
        if (after) {
            return Optional.of(new WatchEvent(Type.ADDED, object, null));
        }
        if (before) {
            return Optional.of(type == Type.DELETED ? this : leaving());
        }
        return Optional.empty();
    }

    private WatchEvent leaving() {
        return new WatchEvent(Type.DELETED, Store.stamped(previous.resource(), previous.copy(), revision()), previous);
    }

    /** The event as a line of a watch stream. */
    public byte[] line() {
        byte[] text = line;
        if (text == null) {
            text = line(type.name(), object.bytes());
            line = text;
        }
        return text;
    }

    /** A line of a watch stream around the JSON text of an object. */
    public static byte[] line(String type, byte[] object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(object.length + 40);
        out.writeBytes(("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(object);
        out.writeBytes("}\n".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }
}
