package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judgements as the API shows them: the transition time moves only when the status flips. */
final class Conditions {
    /** Characters of a message: what a screen can show. The API takes many more. */
    static final int MESSAGE_LENGTH = 1500;

    private Conditions() {}

    static List<Condition> of(List<Judgement> judgements, List<Condition> previous, long generation, Instant now) {
        return judgements.stream()
                .map(judgement -> condition(judgement, previous, generation, now))
                .toList();
    }

    static Optional<Condition> find(List<Condition> conditions, ConditionType type) {
        return conditions == null
                ? Optional.empty()
                : conditions.stream()
                        .filter(condition -> type.name().equals(condition.getType()))
                        .findFirst();
    }

    private static Condition condition(Judgement judgement, List<Condition> previous, long generation, Instant now) {
        String since = find(previous, judgement.type())
                .filter(before -> judgement.state().name().equals(before.getStatus()))
                .map(Condition::getLastTransitionTime)
                .orElse(Timestamps.format(now));
        return new ConditionBuilder()
                .withType(judgement.type().name())
                .withStatus(judgement.state().name())
                .withReason(judgement.reason().name())
                .withMessage(Wording.shorten(judgement.message(), MESSAGE_LENGTH))
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
