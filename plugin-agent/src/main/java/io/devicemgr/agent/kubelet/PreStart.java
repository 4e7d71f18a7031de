package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.AllocationRefused;
import io.devicemgr.agent.allocation.DeviceTable;
import io.devicemgr.agent.allocation.Occupancy;
import io.devicemgr.agent.allocation.Preparer;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares devices on threads of its own, so that other calls are not held up, with what PodResources says after the call came.
 * The kubelet waits for 30 s and asks again at the next try to start the container (contract rules 74 to 76).
 */
final class PreStart {
    private static final Logger LOG = LoggerFactory.getLogger(PreStart.class);

    /** Longer than the pace of readings together with the deadline of one. */
    private static final int READING_SECONDS = 4;

    private final String resource;
    private final Preparer preparer;
    private final Supplier<CompletableFuture<Reading>> freshReading;
    private final Executor threads;

    /** @param freshReading gives a reading that begins after the question */
    PreStart(String resource, Preparer preparer, Supplier<CompletableFuture<Reading>> freshReading, Executor threads) {
        this.resource = resource;
        this.preparer = preparer;
        this.freshReading = freshReading;
        this.threads = threads;
    }

    /** Answers later, when the devices are ready or cannot be made so. */
    void prepare(Supplier<DeviceTable> devices, List<String> ids, StreamObserver<PreStartContainerResponse> answer) {
        long end = System.nanoTime() + Preparer.LIMIT.toNanos();
        freshReading
                .get()
                .completeOnTimeout(null, READING_SECONDS, TimeUnit.SECONDS)
                .thenAcceptAsync(reading -> prepare(devices.get(), ids, occupancy(reading), end, answer), threads)
                .exceptionally(failure -> {
                    LOG.error("{} cannot be prepared", resource, failure);
                    answer.onError(Status.INTERNAL
                            .withDescription("the agent failed: " + failure)
                            .asRuntimeException());
                    return null;
                });
    }

    private void prepare(
            DeviceTable devices,
            List<String> ids,
            Optional<Occupancy> occupancy,
            long end,
            StreamObserver<PreStartContainerResponse> answer) {
        try {
            preparer.prepare(devices, ids, occupancy, Duration.ofNanos(end - System.nanoTime()));
        } catch (AllocationRefused e) {
            LOG.warn("Preparation refused: {}", e.getMessage());
            answer.onError(
                    Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.onError(Status.UNAVAILABLE
                    .withDescription("the agent is stopping; its successor will prepare " + resource)
                    .asRuntimeException());
            return;
        }
        answer.onNext(PreStartContainerResponse.getDefaultInstance());
        answer.onCompleted();
    }

    private Optional<Occupancy> occupancy(Reading reading) {
        return reading == null || !reading.available()
                ? Optional.empty()
                : Optional.of(new Occupancy(reading.holders().getOrDefault(resource, Map.of())));
    }
}
