package io.devicemgr.testkit.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** One CDI specification file, as far as simulated containers need it. */
@JsonIgnoreProperties(ignoreUnknown = true)
record CdiSpec(String cdiVersion, String kind, List<Device> devices, Edits containerEdits) {
    CdiSpec {
        devices = devices == null ? List.of() : List.copyOf(devices);
        containerEdits = containerEdits == null ? Edits.NONE : containerEdits;
    }

    /** A device of the specification's kind. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Device(String name, Edits containerEdits) {
        Device {
            containerEdits = containerEdits == null ? Edits.NONE : containerEdits;
        }
    }

    /** What is done to a container. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Edits(List<String> env, List<Node> deviceNodes, List<Mount> mounts) {
        static final Edits NONE = new Edits(null, null, null);

        Edits {
            env = env == null ? List.of() : List.copyOf(env);
            deviceNodes = deviceNodes == null ? List.of() : List.copyOf(deviceNodes);
            mounts = mounts == null ? List.of() : List.copyOf(mounts);
        }
    }

    /** A device node; without {@code hostPath} it has the same path on the host. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Node(String path, String hostPath, String type, long major, String permissions) {
        String onHost() {
            return hostPath == null || hostPath.isEmpty() ? path : hostPath;
        }

        /** A node whose number is given is made without a look at the host's. */
        boolean complete() {
            return type != null && !type.isEmpty() && major != 0;
        }
    }

    /** A mount. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Mount(String hostPath, String containerPath, List<String> options) {
        boolean readOnly() {
            return options != null && options.contains("ro");
        }
    }

    /** Empty when it is a specification that a runtime would load, else what is wrong with it. */
    String problem() {
        if (cdiVersion == null || cdiVersion.isEmpty()) {
            return "it has no cdiVersion";
        }
        if (kind == null || !kind.contains("/")) {
            return "its kind " + kind + " is not vendor/class";
        }
        return devices.isEmpty() ? "it has no devices" : "";
    }
}
