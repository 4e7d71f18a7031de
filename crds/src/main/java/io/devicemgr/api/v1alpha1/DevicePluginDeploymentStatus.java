package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What the operator observed. Both lists of troubles hold the worst first and at most {@link #LIST_LIMIT} entries; the
 * full account of a node is its NodeDeviceReport.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DevicePluginDeploymentStatus(
        @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        Long observedGeneration,

        @JsonPropertyDescription(
                "Ready, SpecValid, KubeletConfigured, AgentsReady, RolloutComplete, DevicesHealthy and Advertised; all of"
                        + " them always present, positive, and True, False or Unknown.")
        List<Condition> conditions,

        @JsonPropertyDescription("The same in short, for the printer columns.")
        Summary summary,

        @JsonPropertyDescription("Nodes that the placement selects.")
        NodeCounts nodes,

        @JsonPropertyDescription("Devices on all nodes.") DeviceCounts devices,

        @JsonPropertyDescription("Devices by resource.") List<ResourceCounts> resources,

        @JsonPropertyDescription("How far the current revision has come.")
        RolloutStatus rollout,

        @JsonPropertyDescription("The KubeletConfig and the pools that it selects.")
        KubeletConfigStatus kubeletConfig,

        @JsonPropertyDescription("Unhealthy devices: first those that a pod holds, and of these the longest unhealthy.")
        List<UnhealthyDevice> unhealthyDevices,

        @JsonPropertyDescription("Nodes whose agent does not work, and why.")
        List<NodeProblem> nodeProblems,

        @JsonPropertyDescription("Whether one of the two lists has been cut.")
        Boolean truncated) {

    /** Entries that each list of troubles holds at most. */
    public static final int LIST_LIMIT = 50;

    /** The printer columns. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Summary(
            @JsonPropertyDescription("Resource names.") String resources,

            @JsonPropertyDescription("Nodes with a ready agent / nodes selected.")
            String nodes,

            @JsonPropertyDescription("Healthy devices / devices.")
            String devices,

            @JsonPropertyDescription("Agent image.") String image) {}

    /** Nodes. */
    public record NodeCounts(
            @JsonPropertyDescription("Nodes that the placement selects.")
            int matched,

            @JsonPropertyDescription("Of these, nodes whose agent is ready.")
            int ready,

            @JsonPropertyDescription("Of these, nodes whose agent is of the current revision.")
            int updated) {}

    /** Devices. */
    public record DeviceCounts(
            @JsonPropertyDescription("Devices that are listed to the kubelets.")
            int total,

            @JsonPropertyDescription("Of these, healthy ones.")
            int healthy,

            @JsonPropertyDescription("Of these, unhealthy ones.")
            int unhealthy,

            @JsonPropertyDescription("Of these, devices that a container holds.")
            int allocated) {}

    /** Devices of one resource. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ResourceCounts(
            @JsonPropertyDescription("Resource name.") String name,

            @JsonPropertyDescription("Devices that are listed to the kubelets.")
            int total,

            @JsonPropertyDescription("Of these, healthy ones.")
            int healthy,

            @JsonPropertyDescription("Of these, devices that a container holds.")
            int allocated,

            @JsonPropertyDescription("Sum of what the nodes advertise as allocatable.")
            int allocatable) {}

    /**
     * How far the current revision has come. Besides the objects themselves it is all that a rollout remembers, so that an
     * operator that starts in the middle of one goes on where it was.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RolloutStatus(
            @JsonPropertyDescription(
                    "Canary, Soaking, RollingOut, Complete, Paused, WaitingForDeletion, DeadlineExceeded, NodeFailed, RolledBack or"
                            + " Pending.")
            String phase,

            @JsonPropertyDescription(
                    "Hash of everything that reaches the nodes: the revision that the agents have or get.")
            String revision,

            @JsonPropertyDescription("The last revision that was complete; a rollback goes there.")
            String lastGoodRevision,

            @JsonPropertyDescription(
                    "The revision that the spec asks for and that failed; it is not tried again before the spec changes.")
            String failedRevision,

            @JsonPropertyDescription("Why it failed.") String failure,

            @JsonPropertyDescription("Nodes whose agent is of this revision and ready.")
            Integer updatedNodes,

            @JsonPropertyDescription("What the rollout does or waits for.")
            String message,

            @JsonPropertyDescription("When the rollout of this revision began.")
            String startedAt,

            @JsonPropertyDescription("Since when all canary nodes are good.")
            String soakingSince,

            @JsonPropertyDescription("When the canary nodes had stayed good for long enough.")
            String promotedAt,

            @JsonPropertyDescription("When a node has passed last.")
            String progressAt) {}

    /** The KubeletConfig. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record KubeletConfigStatus(
            @JsonPropertyDescription("Name of the KubeletConfig object.")
            String name,

            @JsonPropertyDescription("Pools that its selector matches.")
            List<PoolStatus> pools) {}

    /** A machine config pool. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PoolStatus(
            @JsonPropertyDescription("Name of the MachineConfigPool.")
            String name,

            @JsonPropertyDescription("Machines in the pool.")
            Integer machines,

            @JsonPropertyDescription("Of these, updated ones.")
            Integer updated,

            @JsonPropertyDescription(
                    "Updated, Updating, Waiting (it has not taken the KubeletConfig up), Paused or Degraded.")
            String state) {}

    /** A device that cannot be handed out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record UnhealthyDevice(
            @JsonPropertyDescription("Node name.") String node,
            @JsonPropertyDescription("Resource name.") String resource,

            @JsonPropertyDescription("Device id, as the kubelet knows it.")
            String id,

            @JsonPropertyDescription("Path on the node.") String path,
            @JsonPropertyDescription("Why.") DeviceReason reason,
            @JsonPropertyDescription("Why, in words.") String message,
            @JsonPropertyDescription("Since when.") String since,

            @JsonPropertyDescription("Pods that hold it all the same, as namespace/name; absent when there is none.")
            String heldBy) {}

    /** A node whose agent does not work. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NodeProblem(
            @JsonPropertyDescription("Node name.") String node,
            @JsonPropertyDescription("Why, in one word.") String reason,
            @JsonPropertyDescription("Why, in words.") String message) {}
}
