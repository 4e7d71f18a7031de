package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.AllocationRefused;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what is wrong with a request that no kubelet sends (contract rules 58, 72c, 74); such a request has no effect. */
final class Requests {
    /** Contract rule 44: no plugin of this project lists a longer one. */
    private static final int LONGEST_ID = 63;

    private static final int SHOWN = 32;

    private Requests() {}

    /** What is wrong with an Allocate; ids that are merely unknown or unhealthy are judged later (rule 62). */
    static Optional<String> fault(AllocateRequest request) {
        if (request.getContainerRequestsCount() == 0) {
            return Optional.of("the request names no container");
        }
        return request.getContainerRequestsList().stream()
                .map(ContainerAllocateRequest::getDevicesIdsList)
                .map(ids -> chosen("the request", ids))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What is wrong with a PreStartContainer; it may name ids that are no longer listed (rule 76). */
    static Optional<String> fault(PreStartContainerRequest request) {
        return chosen("the request", request.getDevicesIdsList());
    }

    /** What is wrong with a GetPreferredAllocation. */
    static Optional<String> fault(PreferredAllocationRequest request) {
        if (request.getContainerRequestsCount() == 0) {
            return Optional.of("the request names no container");
        }
        return request.getContainerRequestsList().stream()
                .map(Requests::fault)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Sees to it that the kubelet can read the answer.
     *
     * @throws AllocationRefused when it is larger than the kubelet takes (contract rule 11)
     */
    static void checkAnswer(AllocateResponse answer) throws AllocationRefused {
        if (answer.getSerializedSize() > ListLimit.KUBELET_BYTES) {
            throw new AllocationRefused("the answer would have " + answer.getSerializedSize()
                    + " bytes, and the kubelet takes " + ListLimit.KUBELET_BYTES
                    + ": let the container ask for fewer devices, or shorten env and annotations of allocate in the"
                    + " DevicePluginDeployment");
        }
    }

    /**
     * Refuses the call when there is a fault.
     *
     * @return whether the call is answered with that
     */
    static boolean refuse(Optional<String> fault, StreamObserver<?> answer) {
        fault.ifPresent(text ->
                answer.onError(Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException()));
        return fault.isPresent();
    }

    private static Optional<String> fault(ContainerPreferredAllocationRequest container) {
        List<String> available = container.getAvailableDeviceIDsList();
        List<String> required = container.getMustIncludeDeviceIDsList();
        return badId("the available ids", available)
                .or(() -> badId("the ids to include", required))
                .or(() -> badChoice(new HashSet<>(available), required, container.getAllocationSize()));
    }

    private static Optional<String> badChoice(Set<String> available, List<String> required, int size) {
        if (size < 0) {
            return Optional.of("the allocation size is " + size + ", which is negative");
        }
        if (size > available.size()) {
            return Optional.of("the allocation size is " + size + ", but only " + available.size() + " are available");
        }
        if (size < required.size()) {
            return Optional.of("the allocation size is " + size + ", but " + required.size() + " are to be included");
        }
        return required.stream()
                .filter(id -> !available.contains(id))
                .map(id -> "the id " + shown(id) + " is to be included but not available")
                .findFirst();
    }

    private static Optional<String> chosen(String what, List<String> ids) {
        return ids.isEmpty() ? Optional.of(what + " names no device id") : badId(what, ids);
    }

    private static Optional<String> badId(String where, List<String> ids) {
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            String fault = fault(id);
            if (fault == null && !seen.add(id)) {
                fault = "is there twice";
            }
            if (fault != null) {
                return Optional.of("the id " + shown(id) + " in " + where + " " + fault);
            }
        }
        return Optional.empty();
    }

    private static String fault(String id) {
        if (id.isEmpty()) {
            return "is empty";
        }
        if (id.length() > LONGEST_ID) {
            return "has " + id.length() + " characters, and " + LONGEST_ID + " is the most";
        }
        return id.chars().anyMatch(Character::isISOControl) ? "has a control character" : null;
    }

    /** An id for a text that ends up in a pod's status: short and printable. */
    private static String shown(String id) {
        String printable = id.substring(0, Math.min(id.length(), SHOWN)).replaceAll("\\p{Cntrl}", "?");
        return "'" + printable + (id.length() > SHOWN ? "...'" : "'");
    }
}
