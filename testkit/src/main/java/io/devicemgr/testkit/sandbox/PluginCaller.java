package io.devicemgr.testkit.sandbox;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.testkit.kubelet.UnixSockets;
import io.grpc.ManagedChannel;
import java.nio.file.Path;

/** Calls a plugin's socket beside the kubelet and takes the time. */
final class PluginCaller implements AutoCloseable {
    private static final int SIXTEEN_MIB = 16 * 1024 * 1024;

    private final ManagedChannel channel;

    /** Connects, which the kubelet has done too before it allocates. */
    PluginCaller(UnixSockets sockets, Path socket) {
        channel = sockets.channel(socket, "localhost")
                .maxInboundMessageSize(SIXTEEN_MIB)
                .build();
        stub().getDevicePluginOptions(Empty.getDefaultInstance());
    }

    /** Milliseconds of one Allocate of one device. */
    double allocate(String id) {
        AllocateRequest request = AllocateRequest.newBuilder()
                .addContainerRequests(ContainerAllocateRequest.newBuilder().addDevicesIds(id))
                .build();
        long start = System.nanoTime();
        stub().allocate(request);
        return (System.nanoTime() - start) / 1e6;
    }

    /**
     * Milliseconds between opening a stream of lists and its first list: to build and to send it. The stream stays open, because
     * an agent takes the end of one for the end of the kubelet.
     */
    double list() {
        long start = System.nanoTime();
        stub().listAndWatch(Empty.getDefaultInstance()).next();
        return (System.nanoTime() - start) / 1e6;
    }

    private DevicePluginGrpc.DevicePluginBlockingStub stub() {
        return DevicePluginGrpc.newBlockingStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
