package io.devicemgr.agent.device;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Everything that the agent has found, at one moment. Immutable; whoever reads it keeps it.
 *
 * @param version 0 before the first look, then counted up with each change
 * @param devices all devices that were ever listed, the lost ones as unhealthy (contract rule 48)
 * @param unmatched selectors that match nothing
 * @param conflicts devices that a resource must not list because another has them
 */
public record Inventory(long version, List<Device> devices, List<Unmatched> unmatched, List<Conflict> conflicts) {

    public Inventory {
        devices = List.copyOf(devices);
        unmatched = List.copyOf(unmatched);
        conflicts = List.copyOf(conflicts);
    }

    /** Nothing looked at yet. */
    public static Inventory unknown() {
        return new Inventory(0, List.of(), List.of(), List.of());
    }

    /** Devices of one resource. */
    public List<Device> of(String resource) {
        return devices.stream()
                .filter(device -> device.resource().equals(resource))
                .toList();
    }

    /** The same with each device changed, or left as it is; takes linear time. */
    public Inventory withEach(UnaryOperator<Device> change) {
        return new Inventory(version, devices.stream().map(change).toList(), unmatched, conflicts);
    }

    /** Whether the first look has been taken. */
    public boolean scanned() {
        return version > 0;
    }

    /** Whether both say the same, whatever their versions. */
    public boolean sameAs(Inventory other) {
        return devices.equals(other.devices) && unmatched.equals(other.unmatched) && conflicts.equals(other.conflicts);
    }

    /**
     * A selector that matches no device.
     *
     * @param selector the selector as its user would write it
     * @param why why it matches nothing
     * @param message the same in words, and who must change what; null when there is no more to say
     */
    public record Unmatched(String resource, String selector, Why why, String message) {
        /** Why a selector matches nothing; the names are those of the report. */
        public enum Why {
            NoMatch,
            NotADevice,
            PermissionDenied,
            Incomplete
        }
    }

    /** A device that {@code resource} matches but {@code owner} has. */
    public record Conflict(String resource, String path, String owner, DeviceId id) {
        /** Says who must change what. */
        public String message() {
            return path + " is already offered as " + owner + " (device " + id + "): change discover of " + owner
                    + " or of " + resource + " so that only one of them matches it";
        }
    }
}
