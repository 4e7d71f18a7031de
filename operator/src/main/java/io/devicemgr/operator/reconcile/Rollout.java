package io.devicemgr.operator.reconcile;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.operator.desired.AgentRevision;
import io.devicemgr.operator.rollout.RolloutInput;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.devicemgr.operator.rollout.RolloutPlanner;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The next step of a deployment's rollout, with what it takes to carry it out.
 *
 * @param plan the step
 * @param revision what the agents are to be
 */
record Rollout(RolloutPlan plan, Optional<AgentRevision> revision) {

    /**
     * Plans the next step.
     *
     * @param wanted what the spec asks for; nothing while it cannot be followed, and then the agents stay as they are
     * @param watchingSince since when the caches have had no gap
     */
    static Optional<Rollout> plan(
            DevicePluginDeployment deployment,
            Optional<AgentRevision> wanted,
            Cluster cluster,
            Instant now,
            Instant watchingSince) {
        Map<String, AgentRevision> revisions = cluster.revisions();
        wanted.ifPresent(revision -> revisions.put(revision.name(), revision));
        if (wanted.isEmpty() && cluster.daemonSetRevision().isEmpty()) {
            return Optional.empty();
        }
        Map<String, AgentSettings> settings = new HashMap<>();
        revisions.forEach((key, revision) -> settings.put(key, revision.settings()));
        RolloutPlan plan = RolloutPlanner.plan(new RolloutInput(
                deployment.getSpec().rollout(),
                specChanged(deployment),
                written(deployment),
                wanted.map(AgentRevision::name),
                settings,
                cluster.daemonSetRevision(),
                cluster.makesPodsOfItsTemplate(),
                cluster.fleet(),
                now,
                watchingSince));
        return Optional.of(new Rollout(plan, Optional.ofNullable(revisions.get(plan.revision()))));
    }

    /** What is written of the rollout. */
    static Optional<RolloutStatus> written(DevicePluginDeployment deployment) {
        return Optional.ofNullable(deployment.getStatus()).map(DevicePluginDeploymentStatus::rollout);
    }

    private static boolean specChanged(DevicePluginDeployment deployment) {
        return deployment.getStatus() != null
                && !Objects.equals(
                        deployment.getStatus().observedGeneration(),
                        deployment.getMetadata().getGeneration());
    }
}
