package io.devicemgr.testkit.trouble;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginGrpc;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.UnixSockets;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;

/** A device plugin that is not ours: it offers one device and takes no part in anything else. */
final class OtherPlugin extends DevicePluginGrpc.DevicePluginImplBase implements AutoCloseable {
    private static final String SOCKET = "gadget.sock";

    private final UnixSockets sockets = new UnixSockets();
    private final String device;
    private Path kubelet;
    private String resource;
    private Server server;

    private OtherPlugin(String device) {
        this.device = device;
    }

    static OtherPlugin start(SimulatedKubelet kubelet, String resource, String device) throws IOException {
        OtherPlugin plugin = new OtherPlugin(device);
        plugin.kubelet = kubelet.options().kubeletSocket();
        plugin.resource = resource;
        Path socket = kubelet.options().devicePluginsDir().resolve(SOCKET);
        plugin.server = plugin.sockets.server(socket).addService(plugin).build().start();
        plugin.register();
        return plugin;
    }

    private void register() {
        ManagedChannel channel = sockets.channel(kubelet, "localhost").build();
        try {
            RegistrationGrpc.newBlockingStub(channel)
                    .register(RegisterRequest.newBuilder()
                            .setVersion("v1beta1")
                            .setEndpoint(SOCKET)
                            .setResourceName(resource)
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void getDevicePluginOptions(Empty request, StreamObserver<DevicePluginOptions> answer) {
        answer.onNext(DevicePluginOptions.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void listAndWatch(Empty request, StreamObserver<ListAndWatchResponse> answer) {
        answer.onNext(ListAndWatchResponse.newBuilder()
                .addDevices(Device.newBuilder().setID(device).setHealth("Healthy"))
                .build());
    }

    @Override
    public void close() {
        server.shutdownNow();
        sockets.close();
    }
}
