package io.devicemgr.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.api.v1alpha1.RolloutSpec.OnFailure;
import io.devicemgr.api.v1alpha1.RolloutSpec.Strategy;
import io.devicemgr.operator.rollout.RolloutModel.Behaviour;
import io.devicemgr.operator.rollout.RolloutModel.ModelNode;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.junit.jupiter.api.Test;

/** docs/rollout.md, sentence by sentence. */
class RolloutPlannerTest {
    private RolloutModel model = new RolloutModel().withNodes(5);

    @Test
    void theFirstRevisionIsGoodWhenEveryAgentWorks() {
        model.run(2);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RollingOut);
        assertThat(model.plan.status().lastGoodRevision()).isNull();

        model.run(10);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("r1");
        assertThat(model.plan.status().updatedNodes()).isEqualTo(5);
    }

    @Test
    void aChangeIsTriedOnTheCanaryFirstAndFollowsAfterTheSoak() {
        model.settled().want("r2", Behaviour.GOOD);

        model.run(3);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Canary);
        assertThat(model.plan.message()).contains("1 of 5 nodes").contains("w-1");
        assertThat(model.replaced.get("r2")).containsExactly("w-1");

        model.run(5);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Soaking);
        assertThat(model.plan.message()).contains("w-1").contains("follow at 2026-11-22T08:00:");
        assertThat(model.plan.lookAgainIn()).isPresent();
        assertThat(model.having("r1")).hasSize(4);

        model.run(10);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RollingOut);
        model.run(10);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("r2");
        assertThat(model.replaced.get("r2")).hasSize(5);
        assertThat(model.nodes.values())
                .allSatisfy(node -> assertThat(node.trial).isEmpty());
    }

    @Test
    void noMoreAgentsAreAwayThanMaxUnavailable() {
        model = new RolloutModel().withNodes(20).settled();
        model.spec = new RolloutSpec(null, null, new IntOrString("15%"), 60, null, null);
        model.want("r2", Behaviour.GOOD);
        long most = 0;
        for (int i = 0; i < 120; i++) {
            model.tick();
            most = Math.max(most, model.away());
        }
        assertThat(model.plan.complete()).isTrue();
        assertThat(most).isEqualTo(3);
    }

    @Test
    void aCanaryThatNeverGetsReadyBringsTheLastGoodRevisionBack() {
        model.settled().want("r2", Behaviour.NEVER_READY);

        model.run(59);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Canary);
        model.run(20);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.status().failedRevision()).isEqualTo("r2");
        assertThat(model.plan.status().failure())
                .contains("w-1: its agent is not ready")
                .contains("60 s");
        assertThat(model.plan.message()).contains("r1 is back on every node");
        assertThat(model.having("r1")).hasSize(5);
        assertThat(model.replaced.get("r2")).containsExactly("w-1");

        model.run(200);
        assertThat(model.replaced.get("r2"))
                .as("it is not tried again by itself")
                .hasSize(1);
    }

    @Test
    void aNewGenerationStartsAfresh() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(100);
        model.want("r2", Behaviour.GOOD);

        model.run(60);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.status().failedRevision()).isNull();
        assertThat(model.plan.status().failure()).isNull();
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("r2");
    }

    @Test
    void aDeviceThatIsLostOnTheCanaryBringsTheLastGoodRevisionBack() {
        model.settled().want("r2", Behaviour.LOSES_A_DEVICE);

        model.run(60);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.status().failure())
                .isEqualTo("w-1: example.com/serial tty1 was healthy before and is gone");
        assertThat(model.having("r1")).hasSize(5);
    }

    @Test
    void devicesThatOtherSelectorsNoLongerMatchAreNotLost() {
        model.settled().want("r2", Behaviour.LOSES_A_DEVICE);
        model.globs.put("r2", "/dev/ttyUSB0");

        model.run(60);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void selectorsThatMatchNothingAnyMoreAreAMistake() {
        model.settled().want("r2", Behaviour.LOSES_ALL_DEVICES);
        model.globs.put("r2", "/dev/ttyUBS*");

        model.run(60);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.status().failure()).contains("2 were before").contains("AllAtOnce");
    }

    @Test
    void aDeviceThatIsLostDuringTheSoakCountsToo() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(6);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Soaking);
        model.behaviours.put("r2", Behaviour.LOSES_A_DEVICE);

        model.run(60);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.replaced.get("r2")).containsExactly("w-1");
    }

    @Test
    void aFailureAfterTheCanaryStopsTheRest() {
        model = new RolloutModel().withNodes(10).settled();
        model.nodes.get("w-3").works = true;
        model.want("r2", Behaviour.GOOD);
        while (model.having("r2").size() < 4) {
            model.tick();
        }
        model.behaviours.put("r2", Behaviour.NEVER_READY);
        model.run(150);

        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.having("r1")).hasSize(10);
        assertThat(model.replaced.get("r2").size()).isLessThan(10);
    }

    @Test
    void onFailurePauseLeavesEverythingAsItIs() {
        model.settled();
        model.spec = new RolloutSpec(null, null, null, 60, OnFailure.Pause, null);
        model.want("r2", Behaviour.NEVER_READY);

        model.run(150);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.DeadlineExceeded);
        assertThat(model.plan.message()).contains("w-1").contains("before the spec is");
        assertThat(model.having("r2")).containsExactly("w-1");
        assertThat(model.having("r1")).hasSize(4);
    }

    @Test
    void withoutAGoodRevisionThereIsNothingToGoBackTo() {
        model.behaviours.put("r1", Behaviour.NEVER_READY);
        model.run(100);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.DeadlineExceeded);
        model.want("r2", Behaviour.NEVER_READY);
        model.run(200);

        assertThat(model.plan.phase()).isEqualTo(ConditionReason.DeadlineExceeded);
        assertThat(model.plan.message()).contains("no good revision to go back to");
        assertThat(model.replaced.get("r2")).hasSize(1);

        model.want("r3", Behaviour.GOOD);
        model.run(60);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
    }

    @Test
    void aPausedRolloutReplacesNothingAndKeepsTheTemplate() {
        model.settled();
        pause(true);
        model.want("r2", Behaviour.GOOD);
        model.join("w-9");

        model.run(20);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Paused);
        assertThat(model.plan.message()).contains("r2 waits");
        assertThat(model.having("r1")).hasSize(6);

        pause(false);
        model.specChanged = true;
        model.run(60);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void aPauseInTheMiddleGoesOnWhereItWas() {
        model.settled().want("r2", Behaviour.GOOD);
        while (model.having("r2").size() < 2) {
            model.tick();
        }
        pause(true);
        model.specChanged = true;
        model.run(30);
        int soFar = model.having("r2").size();
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Paused);
        assertThat(soFar).isLessThan(5);

        pause(false);
        model.specChanged = true;
        model.tick();
        assertThat(model.plan.phase()).as("no second canary").isEqualTo(ConditionReason.RollingOut);
        model.run(30);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void nodesThatAreNotReadyOrCordonedAreLeftOutAndCaughtUp() {
        model.settled();
        model.nodes.get("w-1").ready = false;
        model.nodes.get("w-2").cordoned = true;
        model.want("r2", Behaviour.GOOD);
        model.run(60);

        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.message()).contains("left out until they are ready and not cordoned: w-1, w-2");
        assertThat(model.having("r1")).containsExactly("w-1", "w-2");

        model.nodes.get("w-1").ready = true;
        model.nodes.get("w-2").cordoned = false;
        model.run(20);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.having("r2")).hasSize(5);
    }

    @Test
    void aNodeThatGoesAwayInItsTurnDoesNotHoldTheRest() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(3);
        assertThat(model.replaced.get("r2")).containsExactly("w-1");
        model.nodes.get("w-1").ready = false;
        model.run(100);

        assertThat(model.plan.complete()).isTrue();
        assertThat(model.having("r2")).contains("w-2", "w-3", "w-4", "w-5");
    }

    @Test
    void aNodeThatLeavesInItsTurnIsForgotten() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(3);
        model.nodes.remove("w-1");
        model.run(60);

        assertThat(model.plan.complete()).isTrue();
        assertThat(model.having("r2")).hasSize(4);
    }

    @Test
    void aNodeThatJoinsGetsTheRevisionByItselfAndIsNotWaitedFor() {
        model.settled().want("r2", Behaviour.GOOD);
        model.run(3);
        ModelNode slow = model.join("w-0");
        slow.works = false;
        model.run(60);

        assertThat(model.plan.complete()).isTrue();
        assertThat(model.having("r2")).hasSize(6);
        assertThat(model.replaced.get("r2")).doesNotContain("w-0");
    }

    @Test
    void anAgentThatDidNotWorkBeforeNeitherBlocksNorFailsTheRollout() {
        model.settled();
        model.nodes.get("w-4").works = false;
        model.run(70);
        model.want("r2", Behaviour.GOOD);
        model.run(100);

        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
        assertThat(model.having("r2")).hasSize(5);
    }

    @Test
    void oneNodeIsItsOwnCanary() {
        model = new RolloutModel().withNodes(1).settled();
        model.want("r2", Behaviour.GOOD);
        model.run(5);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Soaking);
        model.run(15);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("r2");
    }

    @Test
    void withoutNodesThereIsNothingToWaitForAndNothingIsProven() {
        model = new RolloutModel();
        model.run(3);
        assertThat(model.plan.complete()).isTrue();
        assertThat(model.plan.status().lastGoodRevision()).isNull();
    }

    @Test
    void anotherChangeInTheMiddleStartsWithTheNodesThatAreDisturbedAlready() {
        model.settled();
        model.nodes.get("w-1").cordoned = true;
        model.want("r2", Behaviour.LOSES_A_DEVICE);
        model.run(8);
        assertThat(model.replaced.get("r2")).containsExactly("w-2");
        model.nodes.get("w-1").cordoned = false;
        model.want("r3", Behaviour.LOSES_A_DEVICE);
        model.run(60);

        assertThat(model.replaced.get("r3")).containsExactly("w-2");
        assertThat(model.plan.phase())
                .as("what the node was like before r2 is not forgotten")
                .isEqualTo(ConditionReason.RolledBack);
        assertThat(model.having("r1")).hasSize(5);
    }

    @Test
    void goingBackToTheLastGoodSpecNeedsNoCanary() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(5);
        model.want("r1", Behaviour.GOOD);
        model.run(6);

        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
        assertThat(model.having("r1")).hasSize(5);
    }

    @Test
    void aLastGoodRevisionThatCannotRunAnyMoreTakesNoWorkingAgentAway() {
        model = new RolloutModel().withNodes(10).settled();
        model.want("r2", Behaviour.GOOD);
        while (model.having("r2").size() < 6) {
            model.tick();
        }
        model.behaviours.put("r1", Behaviour.NEVER_READY);
        model.nodes.get(model.having("r1").get(0)).works = false;
        model.want("r2", Behaviour.GOOD);
        model.specChanged = false;
        model.nodes.values().stream()
                .filter(node -> "r2".equals(node.podRevision))
                .limit(1)
                .forEach(node -> node.trial = node.trial);
        model.want("r1", Behaviour.NEVER_READY);
        model.run(200);

        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RollingOut);
        assertThat(model.plan.message()).contains("waiting for");
        assertThat(model.nodes.values().stream().filter(node -> "r2".equals(node.podRevision) && node.podReady))
                .as("working agents stay")
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void nothingIsReplacedBeforeTheDaemonSetControllerKnowsTheTemplate() {
        model.settled();
        model.controllerAwake = false;
        model.want("r2", Behaviour.GOOD);
        model.run(20);
        assertThat(model.replaced.get("r2")).isNull();

        model.controllerAwake = true;
        model.run(60);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void nobodyIsBlamedForTheTimeInWhichNobodyLooked() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.run(4);
        model.now = model.now.plusSeconds(600);
        model.watchingSince = model.now;
        model.tick();
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Canary);

        model.behaviours.put("r2", Behaviour.GOOD);
        model.run(60);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void theRevisionIsNotBlamedForADaemonSetControllerThatTakesItsTime() {
        model.settled().want("r2", Behaviour.GOOD);
        model.controllerMakes = false;
        model.run(110);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Canary);
        assertThat(model.plan.message()).contains("w-1: its agent is being replaced");

        model.controllerMakes = true;
        model.run(60);
        assertThat(model.plan.complete()).as(model.plan.message()).isTrue();
        assertThat(model.plan.revision()).isEqualTo("r2");
    }

    @Test
    void anAgentThatIsMadeLateHasItsWholeTimeAndNoMore() {
        model.settled().want("r2", Behaviour.NEVER_READY);
        model.controllerMakes = false;
        model.run(100);
        model.controllerMakes = true;
        model.run(50);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.Canary);

        model.run(60);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.message()).contains("w-1: its agent is not ready for 60 s");
    }

    @Test
    void aRevisionOfWhichNoAgentIsEverMadeIsTakenBack() {
        model.settled().want("r2", Behaviour.GOOD);
        model.controllerMakes = false;
        model.run(200);

        assertThat(model.plan.phase()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.message()).contains("w-1: its agent is being replaced for 180 s");
    }

    @Test
    void allAtOnceReplacesEverythingAtOnceAndNeverGoesBack() {
        model.settled();
        model.spec = new RolloutSpec(Strategy.AllAtOnce, null, null, 60, null, null);
        model.want("r2", Behaviour.NEVER_READY);
        model.run(3);
        assertThat(model.replaced.get("r2")).hasSize(5);

        model.run(100);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.DeadlineExceeded);
        assertThat(model.having("r2")).hasSize(5);
        model.behaviours.put("r2", Behaviour.GOOD);
        model.run(3);
        assertThat(model.plan.complete()).isTrue();
    }

    @Test
    void onDeleteWaitsForWhoeverDeletesThePods() {
        model.settled();
        model.spec = new RolloutSpec(Strategy.OnDelete, null, null, null, null, null);
        model.want("r2", Behaviour.GOOD);
        model.run(20);
        assertThat(model.plan.phase()).isEqualTo(ConditionReason.WaitingForDeletion);
        assertThat(model.plan.message()).contains("w-1, w-2, w-3, and 2 more");
        assertThat(model.replaced.get("r2")).isNull();

        model.nodes.values().forEach(node -> node.podTerminating = true);
        model.run(10);
        assertThat(model.plan.complete()).isTrue();
    }

    private void pause(boolean paused) {
        model.spec = new RolloutSpec(
                model.spec.strategy(), model.spec.canary(), model.spec.maxUnavailable(), 60, null, paused);
    }
}
