package io.devicemgr.agent.kubelet;

import io.devicemgr.proto.pluginregistration.v1.InfoRequest;
import io.devicemgr.proto.pluginregistration.v1.PluginInfo;
import io.devicemgr.proto.pluginregistration.v1.RegistrationGrpc;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatus;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatusResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The other way: a socket in the directory of the kubelet's plugin watcher, which asks by itself (contract 1.C). The socket
 * gets a name that the watcher heeds only when the first question has been answered, because the kubelet waits for 1 s only.
 */
final class WatchedSocket implements Introduction {
    /** The watcher looks once a second and dials for up to 10 s; it tries again by itself in the meantime. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String TYPE = "DevicePlugin";
    private static final String VERSION = "v1beta1";
    private static final int SELF_CALL_SECONDS = 10;

    private final String resource;
    private final Path directory;
    private final Transport transport;
    private final KubeletLoop loop;
    private Questions questions;
    private Attempt attempt;

    WatchedSocket(String resource, Path directory, Transport transport, KubeletLoop loop) {
        this.resource = resource;
        this.directory = directory;
        this.transport = transport;
        this.loop = loop;
    }

    /** Both services on one socket, so that none is needed in the device plugin directory, which is cleaned (rules 36, 38). */
    @Override
    public PluginServer bind(DevicePluginService service) throws IOException {
        questions = new Questions();
        return PluginServer.bindHidden(directory, resource, service, questions, transport);
    }

    /** The watcher looks at a socket when it is made, and never again (contract rule 35). */
    @Override
    public boolean repeatable() {
        return false;
    }

    @Override
    public void introduce(PluginServer server, Consumer<String> outcome) {
        cancel();
        attempt = new Attempt(server, outcome);
        attempt.start();
    }

    /**
     * A kubelet that starts looks through the directory (contract rule 36). To take the socket away now would leave it with a
     * dial that fails after 10 s, and then a kubelet of 1.36 forgets the plugin that has registered in the meantime (rule 26).
     */
    @Override
    public boolean kubeletStarted() {
        if (attempt == null) {
            return false;
        }
        attempt.giveTime();
        return true;
    }

    @Override
    public void cancel() {
        if (attempt != null) {
            attempt.end();
            attempt = null;
        }
    }

    /** Hands the outcome on once; what the watcher says later shows in the streams. */
    private void finish(Attempt finished, String error) {
        if (attempt == finished) {
            cancel();
            finished.outcome.accept(error);
        }
    }

    private void notified(Questions asked, RegistrationStatus status) {
        if (asked == questions && attempt != null) {
            finish(
                    attempt,
                    status.getPluginRegistered()
                            ? null
                            : "the kubelet's plugin watcher refused the registration: " + status.getError());
        }
    }

    /** One socket on its way to the watcher. */
    private final class Attempt {
        private final PluginServer server;
        private final Consumer<String> outcome;
        private final ManagedChannel self;
        private Future<?> limit;

        private Attempt(PluginServer server, Consumer<String> outcome) {
            this.server = server;
            this.outcome = outcome;
            this.self = transport.channel(server.path());
        }

        /** Contract rule 30: the first call of a cold JVM takes long, so it is not the kubelet's. */
        private void start() {
            Answer<PluginInfo> answer = new Answer<>();
            answer.future().whenCompleteAsync((info, failure) -> answered(failure), loop::run);
            RegistrationGrpc.newStub(self)
                    .withDeadlineAfter(SELF_CALL_SECONDS, TimeUnit.SECONDS)
                    .getInfo(InfoRequest.getDefaultInstance(), answer);
        }

        private void answered(Throwable failure) {
            self.shutdownNow();
            if (attempt != this) {
                return;
            }
            if (failure != null) {
                finish(this, "the plugin socket in " + directory + " does not answer: " + Answer.reason(failure));
                return;
            }
            try {
                server.show();
                limit = unseenLater();
            } catch (IOException e) {
                finish(this, "the plugin socket in " + directory + " cannot be given its name: " + e.getMessage());
            }
        }

        /** The time begins anew if it has begun. */
        private void giveTime() {
            if (limit != null) {
                limit.cancel(false);
                limit = unseenLater();
            }
        }

        private Future<?> unseenLater() {
            return loop.after(LIMIT, () -> finish(this, unseen()));
        }

        private String unseen() {
            return "the kubelet's plugin watcher did not take the socket " + server.path() + " within "
                    + LIMIT.toSeconds()
                    + " s: see whether the kubelet of this node runs and watches that directory, or set"
                    + " agent.registration of the DevicePluginDeployment to Register";
        }

        private void end() {
            self.shutdownNow();
            if (limit != null) {
                limit.cancel(false);
            }
        }
    }

    /** What the plugin watcher calls; both answers come at once (contract rules 30, 32). */
    private final class Questions extends RegistrationGrpc.RegistrationImplBase {
        @Override
        public void getInfo(InfoRequest request, StreamObserver<PluginInfo> answer) {
            // Without an endpoint, which says that the plugin is served on the same socket (contract rule 31).
            answer.onNext(PluginInfo.newBuilder()
                    .setType(TYPE)
                    .setName(resource)
                    .addSupportedVersions(VERSION)
                    .build());
            answer.onCompleted();
        }

        @Override
        public void notifyRegistrationStatus(
                RegistrationStatus status, StreamObserver<RegistrationStatusResponse> answer) {
            answer.onNext(RegistrationStatusResponse.getDefaultInstance());
            answer.onCompleted();
            loop.run(() -> notified(this, status));
        }
    }
}
