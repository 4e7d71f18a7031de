package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesRequest;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesResponse;
import io.devicemgr.proto.podresources.v1.ContainerDevices;
import io.devicemgr.proto.podresources.v1.ContainerResources;
import io.devicemgr.proto.podresources.v1.GetPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.GetPodResourcesResponse;
import io.devicemgr.proto.podresources.v1.ListPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.ListPodResourcesResponse;
import io.devicemgr.proto.podresources.v1.NUMANode;
import io.devicemgr.proto.podresources.v1.PodResources;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc;
import io.devicemgr.proto.podresources.v1.TopologyInfo;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The PodResources API as far as devices go (rules 98 to 99a). */
final class PodResourcesService extends PodResourcesListerGrpc.PodResourcesListerImplBase {
    private final KubeletParts parts;
    private final DeviceManager manager;

    PodResourcesService(KubeletParts parts, DeviceManager manager) {
        this.parts = parts;
        this.manager = manager;
    }

    /** Active pods only; frees the devices of pods that are gone first. */
    @Override
    public void list(ListPodResourcesRequest request, StreamObserver<ListPodResourcesResponse> answer) {
        Call call = parts.calls().begin(Rpc.POD_RESOURCES_LIST, "", "", List.of());
        manager.collectStranded();
        ListPodResourcesResponse.Builder pods = ListPodResourcesResponse.newBuilder();
        parts.node().pods().forEach(pod -> pods.addPodResources(resources(pod)));
        finish(call, answer, pods.build());
    }

    @Override
    public void get(GetPodResourcesRequest request, StreamObserver<GetPodResourcesResponse> answer) {
        Call call = parts.calls().begin(Rpc.POD_RESOURCES_GET, "", "", List.of());
        Optional<PodSpecification> found = parts.node().pods().stream()
                .filter(pod -> pod.name().equals(request.getPodName())
                        && pod.namespace().equals(request.getPodNamespace()))
                .findFirst();
        if (found.isEmpty()) {
            String message =
                    "pod " + request.getPodName() + " in namespace " + request.getPodNamespace() + " not found";
            call.fail(message);
            answer.onError(Status.UNKNOWN.withDescription(message).asException());
            return;
        }
        finish(
                call,
                answer,
                GetPodResourcesResponse.newBuilder()
                        .setPodResources(resources(found.get()))
                        .build());
    }

    /** All healthy devices, allocated or not; one with an empty TopologyInfo is left out (rule 54). */
    @Override
    public void getAllocatableResources(
            AllocatableResourcesRequest request, StreamObserver<AllocatableResourcesResponse> answer) {
        Call call = parts.calls().begin(Rpc.POD_RESOURCES_ALLOCATABLE, "", "", List.of());
        List<ContainerDevices> devices = new ArrayList<>();
        manager.healthyDevices()
                .forEach((resource, healthy) -> healthy.forEach(device -> devices.addAll(entries(resource, device))));
        finish(
                call,
                answer,
                AllocatableResourcesResponse.newBuilder()
                        .addAllDevices(parts.order().shuffled(devices))
                        .build());
    }

    private static <T> void finish(Call call, StreamObserver<T> answer, T response) {
        call.succeed();
        answer.onNext(response);
        answer.onCompleted();
    }

    /** App containers and restartable init containers, also those without devices. */
    private PodResources resources(PodSpecification pod) {
        PodResources.Builder resources =
                PodResources.newBuilder().setName(pod.name()).setNamespace(pod.namespace());
        Stream.concat(
                        pod.initContainers().stream().filter(ContainerSpecification::restartable),
                        pod.containers().stream())
                .forEach(container -> resources.addContainers(ContainerResources.newBuilder()
                        .setName(container.name())
                        .addAllDevices(held(pod, container))));
        return resources.build();
    }

    private List<ContainerDevices> held(PodSpecification pod, ContainerSpecification container) {
        List<ContainerDevices> devices = new ArrayList<>();
        manager.reading(() -> manager.podDevices().of(pod.uid(), container.name()))
                .forEach(share -> share.idsByNode()
                        .forEach((node, ids) -> ids.forEach(id -> devices.add(entry(share.resource(), id, node)))));
        return parts.order().shuffled(devices);
    }

    private static List<ContainerDevices> entries(String resource, Device device) {
        if (!device.hasTopology()) {
            return List.of(entry(resource, device.getID(), PodDevices.NO_NODE));
        }
        return device.getTopology().getNodesList().stream()
                .map(node -> entry(resource, device.getID(), node.getID()))
                .toList();
    }

    private static ContainerDevices entry(String resource, String id, long node) {
        ContainerDevices.Builder entry =
                ContainerDevices.newBuilder().setResourceName(resource).addDeviceIds(id);
        if (node != PodDevices.NO_NODE) {
            entry.setTopology(
                    TopologyInfo.newBuilder().addNodes(NUMANode.newBuilder().setID(node)));
        }
        return entry.build();
    }
}
