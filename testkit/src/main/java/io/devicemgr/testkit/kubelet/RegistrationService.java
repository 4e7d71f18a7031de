package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.devicemgr.proto.deviceplugin.v1beta1.RegistrationGrpc;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service behind kubelet.sock: dials back and asks for the options before it answers (section 2.4). */
final class RegistrationService extends RegistrationGrpc.RegistrationImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationService.class);
    private static final String VERSION = "v1beta1";

    private final KubeletParts parts;
    private final PluginConnections connections;

    RegistrationService(KubeletParts parts, PluginConnections connections) {
        this.parts = parts;
        this.connections = connections;
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<Empty> answer) {
        // Without a handler an answer to a caller that has gone would throw.
        ((ServerCallStreamObserver<Empty>) answer).setOnCancelHandler(() -> {});
        Call call = parts.calls().begin(Rpc.REGISTER, request.getResourceName(), request.getEndpoint(), List.of());
        try {
            parts.faults().beforeRegistration();
            validate(request);
            if (parts.faults().answersFirst()) {
                answer(call, answer);
                parts.executor().execute(() -> connectLate(request));
            } else {
                finish(connect(request), call, answer);
            }
        } catch (DeviceManagerException e) {
            call.fail(e.getMessage());
            answer.onError(Status.UNKNOWN.withDescription(e.getMessage()).asException());
        }
    }

    private Optional<PluginClient> connect(RegisterRequest request) throws DeviceManagerException {
        connections.reportOtherWay(request.getResourceName(), false);
        return connections.connect(
                request.getResourceName(), socket(request), dialLimitNanos(), client -> askedOptions(client, request));
    }

    /** Those of the request count for nothing, but an old kubelet would use them (rule 24). */
    private DevicePluginOptions askedOptions(PluginClient client, RegisterRequest request) {
        DevicePluginOptions options = client.options();
        if (!options.equals(request.getOptions())) {
            parts.violations()
                    .add(
                            ViolationKind.OPTIONS_DIFFER,
                            request.getResourceName(),
                            "Register said " + text(request.getOptions()) + ", GetDevicePluginOptions "
                                    + text(options));
        }
        return options;
    }

    private static String text(DevicePluginOptions options) {
        return "preStart=" + options.getPreStartRequired() + ", preferred="
                + options.getGetPreferredAllocationAvailable();
    }

    private void finish(Optional<PluginClient> client, Call call, StreamObserver<Empty> answer) {
        boolean streamFirst = parts.faults().streamBeforeReply(parts.order());
        if (streamFirst) {
            client.ifPresent(connections::run);
        }
        answer(call, answer);
        if (!streamFirst) {
            client.ifPresent(connections::run);
        }
    }

    private void answer(Call call, StreamObserver<Empty> answer) {
        if (parts.faults().loseReply()) {
            call.fail("the reply was lost");
            answer.onError(
                    Status.UNAVAILABLE.withDescription("the reply was lost").asException());
            return;
        }
        call.succeed();
        answer.onNext(Empty.getDefaultInstance());
        answer.onCompleted();
    }

    /** Nobody waits for this any more, and the options were in the request. */
    private void connectLate(RegisterRequest request) {
        try {
            connections
                    .connect(
                            request.getResourceName(),
                            socket(request),
                            dialLimitNanos(),
                            client -> request.getOptions())
                    .ifPresent(connections::run);
        } catch (DeviceManagerException e) {
            LOG.warn(
                    "{} is not registered although Register was answered: {}",
                    request.getResourceName(),
                    e.getMessage());
        }
    }

    private void validate(RegisterRequest request) throws DeviceManagerException {
        if (!request.getVersion().equals(VERSION)) {
            throw new DeviceManagerException("requested API version \"" + request.getVersion()
                    + "\" is not supported by kubelet. Supported version is [\"" + VERSION + "\"]");
        }
        if (!ResourceNames.isExtended(request.getResourceName())) {
            throw new DeviceManagerException("the ResourceName \"" + request.getResourceName() + "\" is invalid");
        }
        if (request.getEndpoint().contains("/")) {
            parts.violations().add(ViolationKind.ENDPOINT_NOT_BARE, request.getResourceName(), request.getEndpoint());
        }
    }

    /** Below the directory, whatever the plugin sends: an absolute endpoint is appended (rule 16). */
    private Path socket(RegisterRequest request) {
        return Path.of(parts.options().devicePluginsDir() + "/" + request.getEndpoint())
                .normalize();
    }

    /** The kubelet's own limit or what is left of the caller's deadline (rule 20). */
    private long dialLimitNanos() {
        long own = parts.faults().dialLimit(parts.options().dialLimit()).toNanos();
        Deadline callers = Context.current().getDeadline();
        return callers == null ? own : Math.min(own, callers.timeRemaining(TimeUnit.NANOSECONDS));
    }
}
