package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.pluginregistration.v1.InfoRequest;
import io.devicemgr.proto.pluginregistration.v1.PluginInfo;
import io.devicemgr.proto.pluginregistration.v1.RegistrationGrpc;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatus;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The plugin watcher's connection to one socket of the registry directory, for the length of one attempt. */
final class RegistryClient implements AutoCloseable {
    private static final long INFO_SECONDS = 1;
    private static final long NOTIFY_SECONDS = 5;

    private final Path socket;
    private final ManagedChannel channel;
    private final CallLog calls;

    /** Dials without an authority of its own, so that gRPC takes the percent-encoded path (rule 3). */
    RegistryClient(Path socket, UnixSockets sockets, Executor executor, CallLog calls) {
        this.socket = socket;
        this.calls = calls;
        this.channel =
                sockets.channel(socket, authority(socket)).executor(executor).build();
    }

    static String authority(Path socket) {
        return URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    void awaitReady(long limitNanos) throws DeviceManagerException {
        if (!Dial.awaitReady(channel, limitNanos)) {
            throw new DeviceManagerException("RegisterPlugin error -- dial failed at socket " + socket
                    + ", err: failed to dial socket " + socket + ", err: context deadline exceeded");
        }
    }

    /** Has one second (rule 30). */
    PluginInfo info() throws DeviceManagerException {
        Call call = calls.begin(Rpc.GET_INFO, "", socket.toString(), List.of());
        try {
            PluginInfo info = RegistrationGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(INFO_SECONDS, TimeUnit.SECONDS)
                    .getInfo(InfoRequest.getDefaultInstance());
            call.succeed();
            return info;
        } catch (StatusRuntimeException e) {
            call.fail(GoErrors.text(e.getStatus()));
            throw new DeviceManagerException(
                    "RegisterPlugin error -- failed to get plugin info using RPC GetInfo at socket " + socket
                            + ", err: " + GoErrors.text(e.getStatus()));
        }
    }

    /** Has five seconds (rule 32). An empty text says that the plugin is registered. */
    void tell(String resource, String error) throws DeviceManagerException {
        Call call = calls.begin(Rpc.NOTIFY_REGISTRATION_STATUS, resource, socket.toString(), List.of());
        try {
            RegistrationStatus status = RegistrationStatus.newBuilder()
                    .setPluginRegistered(error.isEmpty())
                    .setError(error)
                    .build();
            RegistrationGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(NOTIFY_SECONDS, TimeUnit.SECONDS)
                    .notifyRegistrationStatus(status);
            call.succeed();
        } catch (StatusRuntimeException e) {
            call.fail(GoErrors.text(e.getStatus()));
            throw new DeviceManagerException("RegisterPlugin error -- failed to send registration status at socket "
                    + socket + ", err: " + GoErrors.text(e.getStatus()));
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
