package io.devicemgr.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.fleet.Trial;
import io.devicemgr.operator.rollout.RolloutModel.Behaviour;
import io.devicemgr.operator.rollout.RolloutModel.ModelNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds whatever happens. Each seed is a story of nodes that come, go, fall silent and are cordoned, agents that do not work,
 * changes of the spec, specs that cannot be followed, pauses, gaps in the operator's sight, ends of the operator between any two calls,
 * calls that fail, notes that get lost and a slow DaemonSet controller. {@code -Drollout.seeds=N} takes more.
 */
class RolloutPropertiesTest {
    private static final int MAX_UNAVAILABLE = 2;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("rollout.seeds", 60));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyStepIsCarefulAndTheEndIsReached(long seed) {
        Random random = new Random(seed);
        RolloutModel model = new RolloutModel().withNodes(1 + random.nextInt(9));
        model.spec = RolloutModel.spec(1 + random.nextInt(2), random.nextInt(20), MAX_UNAVAILABLE);
        for (int i = 0; i < 200; i++) {
            disturb(model, random);
            carefully(model);
        }
        calm(model);
        model.want("good", Behaviour.GOOD);
        settle(model);
        if (model.plan.phase() == ConditionReason.RolledBack) {
            // A device that went for good in its node's turn is blamed on the revision, once.
            assertThat(model.plan.status().failure()).endsWith("is gone");
            model.want("good", Behaviour.GOOD);
            settle(model);
        }
        if (model.plan.phase() == ConditionReason.RolledBack) {
            // Where the revision before does not work any more, there is nobody to say that the device has gone for
            // good.
            assertThat(model.plan.status().failure()).endsWith("is gone");
            accept(model);
        }
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.Complete);
        assertThat(model.plan.status().lastGoodRevision()).isEqualTo("good");
        assertThat(model.having("good")).containsExactlyElementsOf(model.nodes.keySet());
        assertThat(model.nodes.values())
                .allSatisfy(node -> assertThat(node.trial).isEmpty());

        model.want("bad", random.nextBoolean() ? Behaviour.NEVER_READY : Behaviour.LOSES_A_DEVICE);
        settle(model);
        assertThat(model.plan.phase()).as(model.plan.message()).isEqualTo(ConditionReason.RolledBack);
        assertThat(model.plan.status().failedRevision()).isEqualTo("bad");
        assertThat(model.having("good")).containsExactlyElementsOf(model.nodes.keySet());
        assertThat(model.replaced.get("bad"))
                .as("only the canaries have seen it")
                .hasSizeLessThanOrEqualTo(model.spec.canariesOf(model.nodes.size()));
    }

    private static void disturb(RolloutModel model, Random random) {
        if (random.nextInt(4) != 0) {
            return;
        }
        List<ModelNode> nodes = List.copyOf(model.nodes.values());
        ModelNode some = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(17)) {
            case 0 -> some.ready ^= true;
            case 1 -> some.cordoned ^= true;
            case 2 -> some.works ^= true;
            case 3 -> model.join("n-" + random.nextInt(5));
            case 4 -> leave(model, some);
            case 5 -> model.want("r" + random.nextInt(4), Behaviour.values()[random.nextInt(4)]);
            case 6 -> {
                model.spec = new RolloutSpec(
                        null, model.spec.canary(), model.spec.maxUnavailable(), 60, null, random.nextInt(3) == 0);
                model.specChanged = true;
            }
            case 7 -> model.controllerAwake ^= true;
            case 8 -> {
                model.now = model.now.plus(Duration.ofMinutes(5));
                model.watchingSince = model.now;
            }
            case 9 -> model.followed ^= true;
            case 10 -> model.statusesPass ^= true;
            case 11 -> model.deletionsPass ^= true;
            case 12 -> some.trial = Optional.empty();
            case 13 -> some.unadvertised ^= 1;
            case 14 -> model.crash(random.nextInt(6));
            case 15 -> some.podTerminating = some.podRevision != null;
            default -> some.devices = 1 + random.nextInt(3);
        }
    }

    private static void leave(RolloutModel model, ModelNode node) {
        if (model.nodes.size() > 1) {
            model.nodes.values().remove(node);
        }
    }

    private static void calm(RolloutModel model) {
        model.spec = RolloutModel.spec(1, 5, MAX_UNAVAILABLE);
        model.controllerAwake = true;
        model.followed = true;
        model.statusesPass = true;
        model.deletionsPass = true;
        model.nodes.values().forEach(node -> {
            node.ready = true;
            node.cordoned = false;
            node.works = true;
            node.unadvertised = 0;
        });
    }

    private static void accept(RolloutModel model) {
        RolloutSpec staged = model.spec;
        model.spec = new RolloutSpec(RolloutSpec.Strategy.AllAtOnce, null, null, 60, null, null);
        model.want("good", Behaviour.GOOD);
        model.run(20);
        model.spec = staged;
        model.want("good", Behaviour.GOOD);
        settle(model);
    }

    private static void settle(RolloutModel model) {
        for (int i = 0; i < 300; i++) {
            carefully(model);
        }
    }

    private static void carefully(RolloutModel model) {
        RolloutPlan plan = model.look();
        assertThat(RolloutPlanner.plan(model.input())).as("a pure function").isEqualTo(plan);
        plan.replace().forEach(replacement -> allowed(model, replacement));
        withinMaxUnavailable(model, plan);
        if (plan.complete()) {
            assertThat(model.nodes.values())
                    .filteredOn(
                            node -> node.ready && !node.cordoned && node.podRevision != null && !node.podTerminating)
                    .allSatisfy(node -> assertThat(node.podRevision).isEqualTo(plan.revision()));
        }
        model.tick();
    }

    private static void allowed(RolloutModel model, Replacement replacement) {
        ModelNode node = model.nodes.get(replacement.pod().node());
        assertThat(model.spec.paused()).isFalse();
        assertThat(model.input().observed()).isTrue();
        assertThat(model.input().live()).contains(model.plan.revision());
        assertThat(node.ready && !node.cordoned).as("a node that counts").isTrue();
        assertThat(node.podTerminating).as("not twice").isFalse();
        assertThat(node.podRevision).isNotEqualTo(model.plan.revision());
        assertThat(replacement.trial())
                .hasValueSatisfying(trial -> assertThat(trial.target()).isEqualTo(model.plan.revision()));
    }

    /** A working agent is taken away only while, with it, at most maxUnavailable of those that worked are away for our sake. */
    private static void withinMaxUnavailable(RolloutModel model, RolloutPlan plan) {
        List<ModelNode> taken = plan.replace().stream()
                .map(replacement -> model.nodes.get(replacement.pod().node()))
                .filter(node -> node.podReady)
                .toList();
        long away = model.nodes.values().stream()
                .filter(node -> node.ready && !node.cordoned && !node.podReady)
                .filter(node -> node.trial.filter(Trial::agentReady).isPresent())
                .count();
        if (taken.stream().anyMatch(node -> node.trial.isEmpty())) {
            assertThat(taken.size() + away).isLessThanOrEqualTo(MAX_UNAVAILABLE);
        }
    }
}
