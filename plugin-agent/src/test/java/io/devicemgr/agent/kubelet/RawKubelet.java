package io.devicemgr.agent.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerPreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc.DevicePluginBlockingStub;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Calls a plugin as no kubelet does. Answers are texts, so that tests of other packages need no gRPC. */
public final class RawKubelet implements AutoCloseable {
    private static final int SECONDS = 20;

    private final Transport transport = new Transport();
    private final ManagedChannel channel;
    private final Queue<Map<String, String>> lists = new ConcurrentLinkedQueue<>();

    /** @param socket socket of a plugin */
    public RawKubelet(Path socket) {
        channel = transport.channel(socket);
    }

    /** Allocates for several containers; "OK" with the paths that each gets, or code and text of the refusal. */
    public String allocate(List<List<String>> containers) {
        AllocateRequest.Builder request = AllocateRequest.newBuilder();
        containers.forEach(ids -> request.addContainerRequests(
                ContainerAllocateRequest.newBuilder().addAllDevicesIds(ids)));
        return text(() -> paths(stub().allocate(request.build())));
    }

    /** "OK", or code and text of the refusal. */
    public String preStart(List<String> ids) {
        PreStartContainerRequest request =
                PreStartContainerRequest.newBuilder().addAllDevicesIds(ids).build();
        return text(() -> {
            stub().preStartContainer(request);
            return "OK";
        });
    }

    /** "OK" with the preferred ids of one container, or code and text of the refusal. */
    public String prefer(List<String> available, List<String> mustInclude, int size) {
        PreferredAllocationRequest request = PreferredAllocationRequest.newBuilder()
                .addContainerRequests(ContainerPreferredAllocationRequest.newBuilder()
                        .addAllAvailableDeviceIDs(available)
                        .addAllMustIncludeDeviceIDs(mustInclude)
                        .setAllocationSize(size))
                .build();
        return text(() -> "OK "
                + stub().getPreferredAllocation(request)
                        .getContainerResponses(0)
                        .getDeviceIDsList());
    }

    /** "OK" or code and text of the refusal; the request names no container. */
    public String preferForNobody() {
        return text(() -> "OK " + stub().getPreferredAllocation(PreferredAllocationRequest.getDefaultInstance()));
    }

    /** Opens one more stream; its lists, as health by id, come in here. */
    public Queue<Map<String, String>> listAndWatch() {
        DevicePluginGrpc.newStub(channel).listAndWatch(Empty.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(ListAndWatchResponse list) {
                lists.add(list.getDevicesList().stream()
                        .collect(Collectors.toMap(device -> device.getID(), device -> device.getHealth())));
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        return lists;
    }

    /** As many ids of this length as wanted, all different. */
    public static List<String> ids(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("%0" + length + "d", i))
                .toList();
    }

    @Override
    public void close() {
        transport.close();
    }

    private DevicePluginBlockingStub stub() {
        return DevicePluginGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    private static String paths(AllocateResponse response) {
        return "OK "
                + response.getContainerResponsesList().stream()
                        .map(container -> container.getDevicesList().stream()
                                .map(device -> device.getContainerPath())
                                .toList())
                        .toList();
    }

    private static String text(Supplier<String> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }
}
