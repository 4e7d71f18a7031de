package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.operator.validate.Violation;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that the status of a deployment is computed from.
 *
 * @param deployment with its previous status
 * @param verdict what validation found
 * @param image image of the agents
 * @param rollout where the rollout stands; nothing while there is no agent to roll out
 * @param kubeletConfig name of the KubeletConfig
 * @param preflight why the KubeletConfig must not be written
 * @param observed the cluster
 * @param now the time
 */
public record Situation(
        DevicePluginDeployment deployment,
        Verdict verdict,
        String image,
        Optional<RolloutPlan> rollout,
        String kubeletConfig,
        Optional<Violation> preflight,
        Observation observed,
        Instant now) {

    Optional<DevicePluginDeploymentStatus> previous() {
        return Optional.ofNullable(deployment.getStatus());
    }

    boolean discoverOnly() {
        return deployment.getSpec().discoverOnly();
    }

    /** Why no agent is wanted at the moment, or nothing when there should be agents. */
    Optional<String> noAgentsBecause() {
        if (rollout.isPresent()) {
            return Optional.empty();
        }
        if (verdict.waitsFor().isPresent()) {
            return Optional.of("no agent runs yet: " + verdict.waitsFor().get().message());
        }
        return Optional.of(
                verdict.applicable()
                        ? "no agent runs: other deployments offer all of these resources"
                        : "no agent runs: the spec must be corrected first");
    }

    long generation() {
        return Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
    }
}
