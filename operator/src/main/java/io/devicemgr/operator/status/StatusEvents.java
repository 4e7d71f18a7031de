package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.NodeProblem;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The events that a change of status deserves: one for each transition, none for what stays. */
public final class StatusEvents {
    private static final Set<String> ROLLOUT_WARNINGS = Set.of(
            ConditionReason.NodeFailed.name(),
            ConditionReason.DeadlineExceeded.name(),
            ConditionReason.RolledBack.name());
    private static final Set<String> TRIALS = Set.of(ConditionReason.Canary.name(), ConditionReason.Soaking.name());

    private final Optional<DevicePluginDeploymentStatus> before;
    private final DevicePluginDeploymentStatus now;
    private final List<StatusEvent> events = new ArrayList<>();

    private StatusEvents(DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now) {
        this.before = Optional.ofNullable(before);
        this.now = now;
    }

    /**
     * Compares two statuses.
     *
     * @param before null when there was none
     * @param deployment name of the deployment, for events on nodes
     */
    public static List<StatusEvent> between(
            DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now, String deployment) {
        StatusEvents diff = new StatusEvents(before, now);
        diff.spec();
        diff.events.addAll(KubeletConfigEvents.between(before, now));
        diff.rollout();
        diff.agents();
        diff.advertised();
        diff.events.addAll(DeviceEvents.between(before, now, deployment));
        return List.copyOf(diff.events);
    }

    private void spec() {
        changed(ConditionType.SpecValid).ifPresent(condition -> {
            boolean invalid = "False".equals(condition.getStatus());
            if (invalid || before.isPresent()) {
                add(invalid, condition.getReason(), condition.getMessage());
            }
        });
    }

    /** What is over within a second may never have been written as begun: statuses are gathered. */
    private void rollout() {
        String revision = now.rollout().revision();
        String old = before.map(status -> status.rollout())
                .map(DevicePluginDeploymentStatus.RolloutStatus::revision)
                .orElse(null);
        boolean another = revision != null && !revision.equals(old);
        boolean firstNodes = before.map(status -> status.nodes().matched()).orElse(0) == 0;
        Optional<Condition> changed = changed(ConditionType.RolloutComplete);
        Conditions.find(now.conditions(), ConditionType.RolloutComplete)
                .filter(condition ->
                        "True".equals(condition.getStatus()) && now.nodes().matched() > 0)
                .filter(condition -> another || firstNodes || changed.isPresent())
                .ifPresent(condition -> add(false, "RolloutComplete", condition.getMessage()));
        changed.filter(condition -> !"True".equals(condition.getStatus())).ifPresent(this::rolling);
        if (another) {
            add(false, "RevisionApplied", "agents of revision " + revision + " are rolled out");
        }
    }

    private void rolling(Condition condition) {
        if (ROLLOUT_WARNINGS.contains(condition.getReason())) {
            add(true, condition.getReason(), condition.getMessage());
        } else if (ConditionReason.RollingOut.name().equals(condition.getReason()) && wasTrial()) {
            add(false, "Promoted", condition.getMessage());
        }
    }

    private boolean wasTrial() {
        return before.flatMap(status -> Conditions.find(status.conditions(), ConditionType.RolloutComplete))
                .map(Condition::getReason)
                .filter(TRIALS::contains)
                .isPresent();
    }

    private void agents() {
        Set<String> known = before.map(DevicePluginDeploymentStatus::nodeProblems).orElse(List.of()).stream()
                .map(StatusEvents::key)
                .collect(Collectors.toCollection(HashSet::new));
        Map<String, List<NodeProblem>> fresh = now.nodeProblems().stream()
                .filter(problem -> !AgentProblems.isTransient(problem) && !known.contains(key(problem)))
                .collect(Collectors.groupingBy(NodeProblem::reason, TreeMap::new, Collectors.toList()));
        fresh.forEach((reason, problems) -> add(
                true,
                reason,
                "agent on "
                        + Wording.names(problems.stream().map(NodeProblem::node).toList()) + ": "
                        + problems.get(0).message()));
    }

    private void advertised() {
        changed(ConditionType.Advertised)
                .filter(condition -> "False".equals(condition.getStatus()))
                .ifPresent(condition -> add(true, condition.getReason(), condition.getMessage()));
    }

    private static String key(NodeProblem problem) {
        return problem.node() + " " + problem.reason();
    }

    /** A condition whose status or reason is not what it was. */
    private Optional<Condition> changed(ConditionType type) {
        Optional<Condition> old = before.flatMap(status -> Conditions.find(status.conditions(), type));
        return Conditions.find(now.conditions(), type)
                .filter(condition -> old.filter(was -> was.getStatus().equals(condition.getStatus())
                                && was.getReason().equals(condition.getReason()))
                        .isEmpty());
    }

    private void add(boolean warning, String reason, String message) {
        events.add(new StatusEvent(warning, reason, Wording.shorten(message, 1000), null));
    }
}
