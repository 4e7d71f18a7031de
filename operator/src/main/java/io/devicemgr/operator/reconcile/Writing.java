package io.devicemgr.operator.reconcile;

import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How the writes of one loop went. A failure does not keep the status from being reported: it is told there first and thrown
 * afterwards, so that the loop is tried again with a back-off.
 *
 * @param refusal what is wrong with the spec
 * @param failure what is wrong with the API server or with the operator's rights
 */
record Writing(Optional<Violation> refusal, Optional<KubernetesClientException> failure) {
    static final Writing NOTHING = new Writing(Optional.empty(), Optional.empty());

    static Writing of(Supplier<Optional<Violation>> writes) {
        try {
            return new Writing(writes.get(), Optional.empty());
        } catch (KubernetesClientException e) {
            return new Writing(Optional.empty(), Optional.of(e));
        }
    }

    /** Does more when nothing has gone wrong so far. */
    Writing and(Runnable more) {
        if (refusal.isPresent() || failure.isPresent()) {
            return this;
        }
        return of(() -> {
            more.run();
            return Optional.empty();
        });
    }

    Optional<String> failureMessage() {
        return reason().map(text -> "the operator could not write the agents' objects: " + text);
    }

    /** Why something could not be written, in the API server's words. */
    Optional<String> reason() {
        return failure.map(Writing::reasonOf);
    }

    /** The API server's own words, or else the client's. */
    static String reasonOf(KubernetesClientException e) {
        return e.getStatus() == null || e.getStatus().getMessage() == null
                ? e.getMessage()
                : e.getStatus().getMessage();
    }

    /** A refusal may also come from a webhook or a quota that somebody corrects without touching the spec. */
    Optional<Duration> lookAgainIn() {
        return refusal.map(violation -> Duration.ofMinutes(1));
    }

    void rethrow() {
        failure.ifPresent(e -> {
            throw e;
        });
    }
}
