package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** What a container gets with a device. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Allocation(
        @Default("rw")
        @Size(min = 1, max = 3)
        @ValidationRule(
                value = "self.matches('^(r|w|m|rw|rm|wm|rwm)$')",
                message = "must be some of r (read), w (write) and m (mknod) in this order, for example rw")
        @JsonPropertyDescription("Access to the device nodes: some of r, w and m. Default rw.")
        String permissions,

        @Size(max = 256)
        @ValidationRule(
                value = "self == '' || (self.startsWith('/') && !self.contains('..'))",
                message = "must be an absolute path without '..', for example /dev/serial%d")
        @JsonPropertyDescription(
                "Path of the node in the container. %d is replaced by the number of the node in the container, counted from 0 over all"
                        + " devices in the order of their ids; without it only containers that ask for one device, which has one node,"
                        + " are served. Nodes that come with every device of a kind, such as /dev/vfio/vfio, keep their own path and"
                        + " are not counted. Default: the path on the host.")
        String containerPath,

        @Size(max = 64)
        @JsonPropertyDescription(
                "Environment of the container. $(DEVICE_IDS) and $(DEVICE_PATHS) (in the container) are comma-separated, $(DEVICE_COUNT) and"
                        + " $(RESOURCE_NAME) are replaced too; $$ is a dollar sign. A device of which the container got two shares counts once.")
        Map<String, @Size(max = 4096) String> env,

        @Size(max = 32)
        @JsonPropertyDescription("Host directories or files that the container gets besides the devices.")
        List<HostMount> mounts,

        @Size(max = 32) @JsonPropertyDescription("Annotations that the container runtime gets.")
        Map<String, @Size(max = 4096) String> annotations,

        @JsonPropertyDescription("Container Device Interface: names instead of nodes go to the container runtime.")
        Cdi cdi,

        @JsonPropertyDescription(
                "Which devices are preferred when there is a choice: NUMAPacked takes them from as few NUMA nodes as possible, Spread from"
                        + " as many; None leaves it to the kubelet. Of shared devices the least used come first, in both. Default None.")
        Preference preferred) {

    public Allocation {
        permissions = permissions == null ? "rw" : permissions;
        containerPath = containerPath == null ? "" : containerPath;
        env = env == null ? Map.of() : Map.copyOf(env);
        mounts = mounts == null ? List.of() : List.copyOf(mounts);
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        cdi = cdi == null ? new Cdi(false) : cdi;
        preferred = preferred == null ? Preference.None : preferred;
    }

    /** Read and write access under the host's path, and nothing else. */
    public static Allocation defaults() {
        return new Allocation(null, null, null, null, null, null, null);
    }

    /** Which devices are preferred when a container asks for several. */
    public enum Preference {
        NUMAPacked,
        Spread,
        None
    }

    /** Container Device Interface. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Cdi(
            @JsonPropertyDescription(
                    "Write CDI specifications to /var/run/cdi on the node and answer with CDI names, so that a device that was plugged in"
                            + " again is right at the next start of its container. Needs a kubelet of 1.29 or newer and a container runtime with CDI switched on; older ones give the container nothing.")
            Boolean enabled) {

        public Cdi {
            enabled = enabled != null && enabled;
        }
    }
}
