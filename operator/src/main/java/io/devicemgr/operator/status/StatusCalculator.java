package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.DeviceCounts;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeCounts;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.ResourceCounts;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.Summary;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.UnhealthyDevice;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.rollout.RolloutPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Computes the status of a deployment from what is observed now; nothing is accumulated. */
public final class StatusCalculator {
    private static final int LIMIT = DevicePluginDeploymentStatus.LIST_LIMIT;

    private final Situation situation;
    private final Fleet fleet;
    private final Sightings.Look look;
    private final List<NodeProblem> problems;
    /** What leaves the agents ready: it is others who are to blame, or only a part of the devices is concerned. */
    private final List<NodeProblem> neighbours;

    private final List<UnhealthyDevice> unhealthy;

    private StatusCalculator(Situation situation) {
        this.situation = situation;
        this.fleet = situation.observed().fleet();
        this.look = new Sightings.Look(situation.observed().sightings(), situation.now());
        this.problems = situation.noAgentsBecause().isPresent() ? List.of() : AgentProblems.of(fleet, situation, look);
        this.neighbours = new ArrayList<>(OtherPlugins.of(fleet, situation, look));
        this.neighbours.addAll(situation.observed().sharedDevices());
        this.neighbours.addAll(IncompleteResources.of(fleet, situation, look));
        this.unhealthy = UnhealthyDevices.of(fleet);
    }

    /** Computes the status. */
    public static StatusResult calculate(Situation situation) {
        return new StatusCalculator(situation).result();
    }

    private StatusResult result() {
        KubeletConfiguredCondition kubeletConfig = KubeletConfiguredCondition.of(situation);
        List<Judgement> judgements = judgements(kubeletConfig);
        var status = new DevicePluginDeploymentStatus(
                situation.generation(),
                Conditions.of(
                        judgements,
                        situation
                                .previous()
                                .map(DevicePluginDeploymentStatus::conditions)
                                .orElse(List.of()),
                        situation.generation(),
                        situation.now()),
                summary(),
                new NodeCounts(fleet.nodes().size(), ready(), updated()),
                new DeviceCounts(
                        fleet.devices(), fleet.healthyDevices(), fleet.unhealthyDevices(), fleet.allocatedDevices()),
                situation.verdict().offered().stream().map(this::counts).toList(),
                rollout(),
                kubeletConfig.status(),
                unhealthy.stream().limit(LIMIT).toList(),
                Stream.concat(problems.stream(), neighbours.stream())
                        .limit(LIMIT)
                        .toList(),
                fleet.unhealthyDevices() > Math.min(unhealthy.size(), LIMIT)
                        || problems.size() + neighbours.size() > LIMIT);
        return new StatusResult(status, look.turnsIn(), look.sightings());
    }

    private List<Judgement> judgements(KubeletConfiguredCondition kubeletConfig) {
        List<Judgement> parts = List.of(
                SpecCondition.judge(situation.verdict()),
                kubeletConfig.judge(),
                AgentsCondition.judge(fleet, problems, situation),
                RolloutCondition.judge(situation),
                DevicesCondition.judge(fleet, unhealthy, situation),
                AdvertisedCondition.judge(fleet, situation, look));
        List<Judgement> all = new ArrayList<>();
        all.add(ReadyCondition.judge(parts, fleet));
        all.addAll(parts);
        return all;
    }

    private int ready() {
        return fleet.sum(node -> node.pod().map(AgentPod::ready).orElse(false) ? 1 : 0);
    }

    private int updated() {
        return situation.rollout().map(plan -> plan.nodes().size()).orElse(0);
    }

    private Summary summary() {
        String names = situation.deployment().getSpec().resources().stream()
                .map(DeviceResource::name)
                .collect(Collectors.joining(", "));
        return new Summary(
                names,
                ready() + "/" + fleet.nodes().size(),
                fleet.healthyDevices() + "/" + fleet.devices(),
                situation.image());
    }

    private ResourceCounts counts(DeviceResource resource) {
        String name = resource.name();
        return new ResourceCounts(
                name,
                fleet.sum(node -> node.total(name)),
                fleet.sum(node -> node.healthy(name)),
                fleet.sum(node -> node.allocated(name)),
                fleet.sum(node -> node.allocatable(name)));
    }

    private RolloutStatus rollout() {
        return situation.rollout().map(RolloutPlan::status).orElseGet(this::noRollout);
    }

    /** The last good revision is remembered while nothing is rolled out. */
    private RolloutStatus noRollout() {
        String lastGood = situation
                .previous()
                .map(DevicePluginDeploymentStatus::rollout)
                .map(RolloutStatus::lastGoodRevision)
                .orElse(null);
        return new RolloutStatus(
                ConditionReason.Pending.name(),
                null,
                lastGood,
                null,
                null,
                0,
                situation.noAgentsBecause().orElse(null),
                null,
                null,
                null,
                null);
    }
}
