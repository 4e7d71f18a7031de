package io.devicemgr.agent.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The usual way: a socket in the device plugin directory, and Register on kubelet.sock (contract 1.B). */
final class RegisterCall implements Introduction {
    /** Contract rule 15. */
    private static final String VERSION = "v1beta1";

    /** Contract rule 20: the kubelet dials back for up to 10 s within the call. */
    private static final int DEADLINE_SECONDS = 20;

    private final String resource;
    private final Path kubeletSocket;
    private final Transport transport;
    private final KubeletLoop loop;
    private ManagedChannel call;

    RegisterCall(String resource, Path kubeletSocket, Transport transport, KubeletLoop loop) {
        this.resource = resource;
        this.kubeletSocket = kubeletSocket;
        this.transport = transport;
        this.loop = loop;
    }

    @Override
    public PluginServer bind(DevicePluginService service) throws IOException {
        return PluginServer.bind(kubeletSocket.getParent(), resource, service, transport);
    }

    @Override
    public boolean repeatable() {
        return true;
    }

    @Override
    public void introduce(PluginServer server, Consumer<String> outcome) {
        cancel();
        RegisterRequest request = RegisterRequest.newBuilder()
                .setVersion(VERSION)
                .setEndpoint(server.endpoint())
                .setResourceName(resource)
                .setOptions(server.service().options())
                .build();
        ManagedChannel channel = transport.channel(kubeletSocket);
        Answer<Empty> answer = new Answer<>();
        call = channel;
        answer.future().whenCompleteAsync((empty, failure) -> answered(channel, failure, outcome), loop::run);
        RegistrationGrpc.newStub(channel)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .register(request, answer);
    }

    /** The call went to the kubelet before. */
    @Override
    public boolean kubeletStarted() {
        return false;
    }

    @Override
    public void cancel() {
        if (call != null) {
            call.shutdownNow();
            call = null;
        }
    }

    private void answered(ManagedChannel channel, Throwable failure, Consumer<String> outcome) {
        channel.shutdownNow();
        if (call == channel) {
            call = null;
            outcome.accept(failure == null ? null : error(failure));
        }
    }

    private String error(Throwable failure) {
        return Answer.unheard(failure)
                .map(reason -> "nobody answers at " + kubeletSocket + " (" + reason
                        + "): the kubelet is down or starting; look at the kubelet of this node")
                .orElseGet(() -> "the kubelet refused the registration: " + Answer.reason(failure));
    }
}
