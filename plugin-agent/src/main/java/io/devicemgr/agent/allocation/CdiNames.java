package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Device;
import java.util.Optional;

/** Which devices of one resource the container runtime can add by their CDI names. Never waits for a disk. */
public interface CdiNames {
    /** For a resource that does not use CDI. */
    CdiNames NONE = new CdiNames() {
        @Override
        public Optional<String> nameOf(Device device) {
            return Optional.empty();
        }

        @Override
        public boolean awaits(Device device) {
            return false;
        }
    };

    /** Fully qualified name of a device whose specification is on disk, as the device is now; nothing for others. */
    Optional<String> nameOf(Device device);

    /** Whether the specification of the device is about to be written, so that it must not be handed out yet. */
    boolean awaits(Device device);
}
