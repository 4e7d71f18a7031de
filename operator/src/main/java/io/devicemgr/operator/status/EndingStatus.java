package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.DeviceCounts;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeCounts;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.Summary;
import io.devicemgr.operator.fleet.Ending;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The status of a deployment that is being deleted: what it waits for. Nothing else is looked at any more. */
public final class EndingStatus {
    private static final int LIMIT = DevicePluginDeploymentStatus.LIST_LIMIT;

    private EndingStatus() {}

    /** Whether a deployment's status says already that it is being deleted. */
    public static boolean isShown(DevicePluginDeployment deployment) {
        return Optional.ofNullable(deployment.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), ConditionType.Ready))
                .filter(ready -> ConditionReason.Deleting.name().equals(ready.getReason()))
                .isPresent();
    }

    /** Computes the status. */
    public static DevicePluginDeploymentStatus of(DevicePluginDeployment deployment, Ending ending, Instant now) {
        Optional<DevicePluginDeploymentStatus> before = Optional.ofNullable(deployment.getStatus());
        long generation = Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
        List<Condition> conditions = Conditions.of(
                judgements(ending),
                before.map(DevicePluginDeploymentStatus::conditions).orElse(List.of()),
                generation,
                now);
        int ready = (int)
                ending.waiting().stream().filter(agent -> agent.pod().ready()).count();
        Optional<Summary> summary = before.map(DevicePluginDeploymentStatus::summary);
        return new DevicePluginDeploymentStatus(
                generation,
                conditions,
                new Summary(
                        summary.map(Summary::resources).orElse(null),
                        ready + "/" + ending.agents(),
                        "0/0",
                        summary.map(Summary::image).orElse(null)),
                new NodeCounts(ending.agents(), ready, 0),
                new DeviceCounts(0, 0, 0, 0),
                List.of(),
                null,
                before.map(DevicePluginDeploymentStatus::kubeletConfig).orElse(null),
                List.of(),
                problems(ending),
                ending.waiting().size() + ending.left().size() > LIMIT);
    }

    private static List<Judgement> judgements(Ending ending) {
        List<Judgement> all = new ArrayList<>();
        for (ConditionType type : ConditionType.values()) {
            all.add(
                    type == ConditionType.Ready
                            ? Judgement.no(type, ConditionReason.Deleting, ending.message())
                            : Judgement.pending(type, "the deployment is being deleted"));
        }
        return all;
    }

    private static List<NodeProblem> problems(Ending ending) {
        List<NodeProblem> problems = new ArrayList<>();
        ending.left()
                .forEach(agent -> problems.add(
                        new NodeProblem(agent.pod().node(), "AgentLeft", "the agent does not end; it is left behind")));
        ending.waiting()
                .forEach(agent -> problems.add(new NodeProblem(
                        agent.pod().node(),
                        agent.nodeReady() ? "AgentEnding" : "NodeNotReady",
                        agent.nodeReady()
                                ? "the agent has not ended yet"
                                : "the node is not ready, so its agent may not hear that it shall end")));
        return problems.stream().limit(LIMIT).toList();
    }
}
