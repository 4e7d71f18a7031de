package io.devicemgr.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutPlannerTest {
    private static final Set<String> NODES = Set.of("w-1", "w-2", "w-3");

    @Test
    void everyPodOfAnOldRevisionIsReplacedAtOnce() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, false, true, old("w-1"), fresh("w-2"), old("w-3"));

        assertThat(plan.replace()).extracting(AgentPod::node).containsExactly("w-1", "w-3");
        assertThat(plan.phase()).isEqualTo(ConditionReason.RollingOut);
        assertThat(plan.message()).contains("1/3").contains("w-1, w-3");
    }

    @Test
    void aPodThatIsGoingAlreadyIsNotDeletedAgain() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, false, true, going("w-1"), fresh("w-2"), fresh("w-3"));

        assertThat(plan.replace()).isEmpty();
        assertThat(plan.phase()).isEqualTo(ConditionReason.RollingOut);
    }

    @Test
    void nothingIsReplacedBeforeTheDaemonSetControllerKnowsTheNewTemplate() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, false, false, old("w-1"), old("w-2"), old("w-3"));

        assertThat(plan.replace()).isEmpty();
        assertThat(plan.phase()).isEqualTo(ConditionReason.RollingOut);
    }

    @Test
    void onDeleteWaitsForWhoeverDeletesThePods() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.OnDelete, false, true, old("w-1"), fresh("w-2"), fresh("w-3"));

        assertThat(plan.replace()).isEmpty();
        assertThat(plan.phase()).isEqualTo(ConditionReason.WaitingForDeletion);
        assertThat(plan.message()).contains("w-1");
    }

    @Test
    void aPausedRolloutReplacesNothing() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, true, true, old("w-1"), old("w-2"), fresh("w-3"));

        assertThat(plan.replace()).isEmpty();
        assertThat(plan.phase()).isEqualTo(ConditionReason.Paused);
    }

    @Test
    void pausingDoesNotMakeAFinishedRolloutUnfinished() {
        assertThat(plan(RolloutSpec.Strategy.AllAtOnce, true, true, fresh("w-1"), fresh("w-2"), fresh("w-3"))
                        .complete())
                .isTrue();
    }

    @Test
    void isCompleteWhenEveryNodeHasAnAgentOfTheRevision() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, false, true, fresh("w-1"), fresh("w-2"), fresh("w-3"));

        assertThat(plan.complete()).isTrue();
        assertThat(plan.nodes()).containsExactlyInAnyOrder("w-1", "w-2", "w-3");
    }

    @Test
    void isNotCompleteWhileANodeHasNoAgent() {
        RolloutPlan plan = plan(RolloutSpec.Strategy.AllAtOnce, false, true, fresh("w-1"), fresh("w-2"));

        assertThat(plan.phase()).isEqualTo(ConditionReason.RollingOut);
        assertThat(plan.message()).contains("2/3").contains("not yet: w-3");
    }

    @Test
    void isCompleteWithoutNodes() {
        assertThat(RolloutPlanner.plan(RolloutSpec.defaults(), "new", true, Set.of(), List.of())
                        .complete())
                .isTrue();
    }

    private static RolloutPlan plan(RolloutSpec.Strategy strategy, boolean paused, boolean live, AgentPod... pods) {
        RolloutSpec spec = new RolloutSpec(strategy, null, null, null, null, paused);
        return RolloutPlanner.plan(spec, "new", live, NODES, List.of(pods));
    }

    private static AgentPod fresh(String node) {
        return pod(node, "new", null);
    }

    private static AgentPod old(String node) {
        return pod(node, "old", null);
    }

    private static AgentPod going(String node) {
        return pod(node, "old", "2026-11-22T08:00:00Z");
    }

    private static AgentPod pod(String node, String revision, String deleted) {
        return new AgentPod(
                new PodBuilder()
                        .withNewMetadata()
                        .withName("agent-" + node)
                        .withDeletionTimestamp(deleted)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build(),
                revision);
    }
}
