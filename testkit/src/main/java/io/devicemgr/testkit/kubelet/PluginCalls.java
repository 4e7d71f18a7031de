package io.devicemgr.testkit.kubelet;

import com.google.protobuf.ByteString;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreStartContainerResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Calls to one plugin past the Device Manager, over its connection: what a kubelet could send but seldom does, such as
 * several calls at once (rule 12), more than one container in a request (rule 58), or ids that are not listed (rule 62).
 * None waits for an answer, none has a deadline, none is in the {@link CallLog}. A future fails with the plugin's
 * {@link io.grpc.StatusRuntimeException}.
 */
public final class PluginCalls {
    private final ManagedChannel channel;

    PluginCalls(ManagedChannel channel) {
        this.channel = channel;
    }

    /** GetDevicePluginOptions. */
    public CompletableFuture<DevicePluginOptions> options() {
        return future(o -> stub().getDevicePluginOptions(Empty.getDefaultInstance(), o));
    }

    /** Allocate with one container entry, as the kubelet sends it. */
    public CompletableFuture<AllocateResponse> allocate(String... ids) {
        return allocate(AllocateRequest.newBuilder()
                .addContainerRequests(ContainerAllocateRequest.newBuilder().addAllDevicesIds(List.of(ids)))
                .build());
    }

    /** Allocate. */
    public CompletableFuture<AllocateResponse> allocate(AllocateRequest request) {
        return future(o -> stub().allocate(request, o));
    }

    /** GetPreferredAllocation. */
    public CompletableFuture<PreferredAllocationResponse> prefer(PreferredAllocationRequest request) {
        return future(o -> stub().getPreferredAllocation(request, o));
    }

    /** PreStartContainer. */
    public CompletableFuture<PreStartContainerResponse> preStart(Collection<String> ids) {
        PreStartContainerRequest request =
                PreStartContainerRequest.newBuilder().addAllDevicesIds(ids).build();
        return future(o -> stub().preStartContainer(request, o));
    }

    /** A unary call with any bytes as its request; {@code method} such as {@code v1beta1.DevicePlugin/Allocate}. */
    public CompletableFuture<byte[]> send(String method, byte[] request) {
        MethodDescriptor<ByteString, ByteString> descriptor = MethodDescriptor.<ByteString, ByteString>newBuilder(
                        BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
                .setType(MethodType.UNARY)
                .setFullMethodName(method)
                .build();
        return this.<ByteString>future(o -> ClientCalls.asyncUnaryCall(
                        channel.newCall(descriptor, CallOptions.DEFAULT), ByteString.copyFrom(request), o))
                .thenApply(ByteString::toByteArray);
    }

    /** Opens a further ListAndWatch (rule 53); the lists that come are added to the result as they do. */
    public List<ListAndWatchResponse> watch() {
        List<ListAndWatchResponse> lists = new CopyOnWriteArrayList<>();
        stub().listAndWatch(Empty.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(ListAndWatchResponse list) {
                lists.add(list);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {}
        });
        return lists;
    }

    private DevicePluginGrpc.DevicePluginStub stub() {
        return DevicePluginGrpc.newStub(channel);
    }

    private <T> CompletableFuture<T> future(Consumer<StreamObserver<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        call.accept(new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable error) {
                answer.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {}
        });
        return answer;
    }
}
