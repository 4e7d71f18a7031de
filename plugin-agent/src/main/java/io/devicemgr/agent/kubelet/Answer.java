package io.devicemgr.agent.kubelet;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The answer to a call that has one, as a future. */
final class Answer<T> implements StreamObserver<T> {
    private final CompletableFuture<T> future = new CompletableFuture<>();

    CompletableFuture<T> future() {
        return future;
    }

    /** Why a call failed, in the words of the other side where it has any. */
    static String reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        Status status = Status.fromThrowable(cause);
        String text = status.getDescription() == null ? "" : ": " + status.getDescription();
        return status.getCode() + text;
    }

    /** Why nobody was there to take the call, such as a refused connection; nothing when somebody answered. */
    static Optional<String> unheard(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return Optional.of(
                        cause.getCause() instanceof IOException original ? original.getMessage() : cause.getMessage());
            }
        }
        return Optional.empty();
    }

    @Override
    public void onNext(T value) {
        future.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
        future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
        future.completeExceptionally(
                Status.INTERNAL.withDescription("no answer").asException());
    }
}
