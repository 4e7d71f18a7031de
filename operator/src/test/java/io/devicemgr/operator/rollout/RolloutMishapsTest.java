package io.devicemgr.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.rollout.RolloutModel.Behaviour;
import io.devicemgr.operator.rollout.RolloutModel.ModelNode;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What must not make a rollout careless, unjust or forgetful: calls that fail, nodes that are away, pauses, specs that cannot be followed. */
class RolloutMishapsTest {
    private RolloutModel model = new RolloutModel().withNodes(5);

    @Test
    void anAgentThatCouldNotBeReplacedTakesTheRoomOfAnother() {
        model.spec = RolloutModel.spec(1, 0, 1);
        model.settled().want("r2", Behaviour.GOOD);
        while (!"w-2".equals(inTurn())) {
            model.deletionsPass = model.having("r2").isEmpty();
            model.tick();
        }
        model.deletionsPass = true;

        for (int i = 0; i < 40; i++) {
            model.tick();
            assertThat(model.away()).isLessThanOrEqualTo(1);
        }
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void anAgentThatCouldNotBeReplacedForLongGetsItsTimeAllTheSame() {
        model.settled().want("r2", Behaviour.GOOD);
        model.deletionsPass = false;
        model.run(100);
        model.deletionsPass = true;

        model.run(40);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aChangeInTheMiddleOfABatchTakesNoMoreThanMaxUnavailable() {
        model = new RolloutModel().withNodes(10).settled();
        model.want("r2", Behaviour.GOOD);
        while (model.replaced.getOrDefault("r2", List.of()).size() < 3) {
            model.tick();
        }
        model.run(2);
        model.nodes.values().forEach(node -> node.unadvertised = 1);
        model.want("r3", Behaviour.GOOD);
        model.tick();
        model.nodes.values().forEach(node -> node.unadvertised = 0);

        for (int i = 0; i < 60; i++) {
            model.tick();
            assertThat(model.away()).isLessThanOrEqualTo(2);
        }
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aMomentInASoakThatIsLongerThanTheDeadlineDoesNotCondemn() {
        model.spec = RolloutModel.spec(1, 200, 2);
        model.settled().want("r2", Behaviour.GOOD);
        model.run(100);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Soaking);
        model.nodes.get("w-1").unadvertised = 1;
        model.run(2);
        model.nodes.get("w-1").unadvertised = 0;

        model.run(230);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aCanaryThatIsNeverGoodForLongFailsAtLast() {
        model.spec = RolloutModel.spec(1, 200, 2);
        model.settled().want("r2", Behaviour.GOOD);
        for (int i = 0; i < 20; i++) {
            model.run(25);
            model.nodes.get("w-1").unadvertised ^= 1;
        }
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.RolledBack);
    }

    @Test
    void aRevisionThatFailsIsPutBackAlsoWhenTheNoteOfItsTurnIsLost() {
        model = new RolloutModel().withNodes(1).settled();
        model.want("r2", Behaviour.NEVER_READY);
        model.run(5);
        model.nodes.get("w-1").trial = Optional.empty();

        model.run(100);
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.having("r1")).containsExactly("w-1");
    }

    @Test
    void nodesThatDidNotWorkBeforeAreNotBlamedWhenTheOperatorEndsBeforeItHasWrittenThatAllIsDone() {
        model = new RolloutModel().withNodes(5).settled();
        model.spec = RolloutModel.spec(1, 5, 1);
        model.nodes.get("w-4").works = false;
        model.nodes.get("w-5").works = false;
        model.run(70);
        model.want("r2", Behaviour.GOOD);
        while (!(model.look().complete() && model.plan.revision().equals("r2"))) {
            model.tick();
        }
        model.crash(1 + model.plan.release().size());

        model.run(200);
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("r2");
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aCanaryThatDidNotWorkBeforeIsNotBlamedWhileOthersProveTheRevision() {
        model.settled();
        model.nodes.get("w-4").works = false;
        model.run(70);
        model.spec = RolloutModel.spec(5, 5, 1);
        model.want("r2", Behaviour.GOOD);

        model.run(200);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aNodeThatWasAwayInItsTurnGetsItsTimeWhenItIsBack() {
        model.spec = RolloutModel.spec(1, 200, 2);
        model.settled().want("r2", Behaviour.GOOD);
        model.run(3);
        model.nodes.get("w-1").ready = false;
        model.run(100);
        model.nodes.get("w-1").ready = true;

        model.run(300);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void theTimeOfAPauseCountsAgainstNobody() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(5);
        model.spec = paused(true);
        model.run(100);
        model.spec = paused(false);
        model.tick();
        model.behaviours.put("r2", Behaviour.GOOD);

        model.run(40);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void whatFailedIsNotTriedAgainBecauseTheSpecCouldNotBeFollowedForAWhile() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(100);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        model.followed = false;
        model.run(3);
        assertThat(model.plan.status().failedRevision()).isEqualTo("r2");
        model.followed = true;

        model.run(100);
        assertThat(model.replaced.get("r2")).hasSize(1);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
    }

    @Test
    void whatIsAskedForWhileTheSpecCannotBeFollowedIsTriedLater() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(100);
        model.followed = false;
        model.want("r2", Behaviour.GOOD);
        model.run(3);
        model.followed = true;

        model.run(100);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
        assertThat(model.having("r2")).hasSize(5);
    }

    @Test
    void aSpecThatCannotBeFollowedStopsWhatIsUnderWay() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(4);
        model.followed = false;

        model.run(100);
        assertThat(model.having("r2")).hasSize(1);
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.Paused);
        assertThat(model.plan.message()).contains("SpecValid");

        model.followed = true;
        model.run(60);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aRevisionOfWhichNothingIsKnownIsJudgedByItsAgents() {
        model.forgotten.add("r1");
        model.run(1);
        model.followed = false;

        model.run(20);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void settingsThatAreLostAfterARollbackTurnNothingToTheRevisionThatFailed() {
        model.settled().want("r2", Behaviour.LOSES_A_DEVICE);
        model.run(120);
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.RolledBack);
        model.forgotten.add("r1");

        model.run(60);
        assertThat(model.plan.revision()).as(model.plan.message()).isEqualTo("r1");
        assertThat(model.having("r1")).hasSize(5);
    }

    @Test
    void aNodeWhoseClockIsBehindHasTimeToGetWellAgain() {
        model.settled();
        model.nodes.get("w-1").clockBehind = Duration.ofMinutes(1);
        model.want("r2", Behaviour.LOSES_A_DEVICE);
        model.run(10);
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.Canary);
        model.behaviours.put("r2", Behaviour.GOOD);

        model.run(60);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aNodeThatWasMadeAnewUnderItsNameHasLostNothing() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(3);
        ModelNode old = model.nodes.get("w-1");
        ModelNode other = model.join("w-1");
        other.trial = old.trial;
        other.devices = 1;

        model.run(100);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    private String inTurn() {
        return model.nodes.entrySet().stream()
                .filter(entry -> entry.getValue().trial.isPresent() && "r1".equals(entry.getValue().podRevision))
                .map(entry -> entry.getKey())
                .findFirst()
                .orElse("");
    }

    private RolloutSpec paused(boolean paused) {
        model.specChanged = true;
        return new RolloutSpec(null, model.spec.canary(), new IntOrString(2), 60, null, paused);
    }
}
