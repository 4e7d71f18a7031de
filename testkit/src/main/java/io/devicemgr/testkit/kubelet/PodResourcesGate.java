package io.devicemgr.testkit.kubelet;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Turns PodResources calls away above the rate limit, or when a test wants it so. */
final class PodResourcesGate implements ServerInterceptor {
    private final TokenBucket bucket = new TokenBucket(System::nanoTime);
    private final FaultPlan faults;

    PodResourcesGate(FaultPlan faults) {
        this.faults = faults;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (faults.rejectPodResources()) {
            return refuse(call, Status.UNAVAILABLE.withDescription("the kubelet does not answer just now"));
        }
        if (!bucket.take()) {
            return refuse(call, Status.RESOURCE_EXHAUSTED.withDescription("rejected by rate limit"));
        }
        return next.startCall(call, headers);
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
