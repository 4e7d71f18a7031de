package io.devicemgr.operator.rollout;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.NodeView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the next step of a rollout depends on.
 *
 * @param spec how the user wants it
 * @param specChanged whether the spec is newer than the status: what failed is tried again
 * @param before what the rollout remembers: its own previous status
 * @param wanted the revision that the spec asks for; nothing while it cannot be followed, and then there is a live one
 * @param revisions settings by revision: the wanted one, and every one that can be put back
 * @param live the revision of which the DaemonSet makes pods; nothing while there is no DaemonSet
 * @param observed whether the DaemonSet controller knows that already: a pod that is deleted before comes back as it was
 * @param fleet the selected nodes
 * @param now the time
 * @param watchingSince since when the operator sees the cluster without a gap; a node is not blamed for what nobody watched
 */
public record RolloutInput(
        RolloutSpec spec,
        boolean specChanged,
        Optional<RolloutStatus> before,
        Optional<String> wanted,
        Map<String, AgentSettings> revisions,
        Optional<String> live,
        boolean observed,
        Fleet fleet,
        Instant now,
        Instant watchingSince) {

    /** The nodes that count: the others neither block a rollout nor are they touched by it before they are back. */
    List<NodeView> counted() {
        return fleet.nodes().stream().filter(RolloutInput::counts).toList();
    }

    /** The nodes that do not count at the moment. */
    List<NodeView> leftOut() {
        return fleet.nodes().stream().filter(node -> !counts(node)).toList();
    }

    private static boolean counts(NodeView node) {
        return node.nodeReady() && !node.cordoned();
    }

    /** Whether the agents keep the revision that they have. */
    boolean standsStill() {
        return spec.paused() || wanted.isEmpty();
    }

    /** Whether pods that are deleted now come back with that revision. */
    boolean makesPodsOf(String revision) {
        return observed && live.filter(revision::equals).isPresent();
    }
}
