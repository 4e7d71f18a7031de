package io.devicemgr.agent.device;

/** What makes a device node the same device: its type and its major:minor number. */
public record NodeNumber(Type type, int major, int minor) {

    /** Type of a device node. */
    public enum Type {
        CHARACTER,
        BLOCK
    }

    @Override
    public String toString() {
        return (type == Type.CHARACTER ? "character device " : "block device ") + major + ":" + minor;
    }
}
