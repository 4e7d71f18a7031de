package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** What one agent sees, and how far the kubelet has taken it over. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDeviceReportStatus(
        @JsonPropertyDescription("Version of the agent.") String agentVersion,

        @JsonPropertyDescription("Revision of the settings that the agent runs with.")
        String revision,

        @JsonPropertyDescription(
                "Present when /var/lib/kubelet/device-plugins/kubelet.sock is there: the proof that the Device Manager is on.")
        KubeletSocket kubeletSocket,

        @JsonPropertyDescription("How changes are noticed: Inotify at once, Polling after a while.")
        WatchMode watchMode,

        @JsonPropertyDescription("The same in short, for the printer columns.")
        Summary summary,

        @JsonPropertyDescription("Registration with the kubelet, by resource.")
        List<Resource> resources,

        @JsonPropertyDescription(
                "The devices; when there are too many for one object, the unhealthy and the allocated ones first.")
        List<Device> devices,

        @JsonPropertyDescription("Selectors that found nothing, and why.")
        List<NothingFound> nothingFound,

        @JsonPropertyDescription("True when devices leaves some out; the counts by resource are complete all the same.")
        Boolean truncated,

        @JsonPropertyDescription(
                "Why a changed settings file was refused, and who must change what; the agent goes on with the settings before.")
        String settingsError) {

    public NodeDeviceReportStatus {
        resources = resources == null ? List.of() : List.copyOf(resources);
        devices = devices == null ? List.of() : List.copyOf(devices);
        nothingFound = nothingFound == null ? List.of() : List.copyOf(nothingFound);
    }

    /** Whether kubelet.sock is there. */
    public enum KubeletSocket {
        Present,
        Missing
    }

    /** How changes are noticed. */
    public enum WatchMode {
        Inotify,
        Polling
    }

    /** The printer columns. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(
            @JsonPropertyDescription("Healthy devices / devices.")
            String devices,

            @JsonPropertyDescription("Resources registered and streaming / resources.")
            String registered) {}

    /** Registration of one resource. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Resource(
            @JsonPropertyDescription("Resource name.") String name,

            @JsonPropertyDescription("Whether the kubelet has accepted the registration and reads the list of devices.")
            boolean registered,

            @JsonPropertyDescription(
                    "Whether the kubelet's PodResources API shows the healthy devices; absent while not known.")
            Boolean verified,

            @JsonPropertyDescription("Since when the resource is, or is not, registered.")
            String since,

            @JsonPropertyDescription("Why it is not registered, or not verified, or does not get a device.")
            String lastError,

            @JsonPropertyDescription("Number of devices, those included that the list leaves out.")
            Integer devices,

            @JsonPropertyDescription("Number of healthy devices.")
            Integer healthy,

            @JsonPropertyDescription("Number of devices that containers hold.")
            Integer allocated,

            @JsonPropertyDescription(
                    "Number of healthy ids on the kubelet's list, which is what the node must advertise: each device as often as it is shared.")
            Integer offered) {}

    /** One device. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Device(
            @JsonPropertyDescription("Resource name.") String resource,

            @JsonPropertyDescription("Device id, as the kubelet knows it.")
            String id,

            @JsonPropertyDescription("Paths on the node.") List<String> paths,

            @JsonPropertyDescription("Directory of the device in sysfs, where known.")
            String sysfsPath,

            @JsonPropertyDescription("Healthy or Unhealthy.")
            DeviceHealth health,

            @JsonPropertyDescription("Why.") DeviceReason reason,
            @JsonPropertyDescription("Why, in words.") String message,
            @JsonPropertyDescription("Since when.") String since,

            @JsonPropertyDescription("NUMA node, where known.")
            Integer numaNode,

            @JsonPropertyDescription("Containers that hold the device, as the kubelet's PodResources API tells.")
            List<Holder> allocatedTo) {

        public Device {
            paths = paths == null ? List.of() : List.copyOf(paths);
            allocatedTo = allocatedTo == null ? List.of() : List.copyOf(allocatedTo);
        }
    }

    /** A container that holds a device. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Holder(
            @JsonPropertyDescription("Namespace of the pod.")
            String namespace,

            @JsonPropertyDescription("Name of the pod.") String pod,

            @JsonPropertyDescription("Name of the container.")
            String container) {}

    /** A selector that found nothing. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NothingFound(
            @JsonPropertyDescription("Resource name.") String resource,

            @JsonPropertyDescription("The selector, as in the spec.")
            String selector,

            @JsonPropertyDescription(
                    "Why: NoMatch (nothing is like that), NotADevice (what is there is no device node), PermissionDenied (the agent may"
                            + " not look), or Incomplete (a device is there, but not all that is asked for).")
            Reason reason,

            @JsonPropertyDescription("Why, in words, and who must change what; absent when there is no more to say.")
            String message) {

        /** Why a selector found nothing. */
        public enum Reason {
            NoMatch,
            NotADevice,
            PermissionDenied,
            Incomplete
        }
    }
}
