package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.Empty;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;

/** One open ListAndWatch call: lists are taken one by one, and the reader can be stalled. */
final class PluginStream implements ClientResponseObserver<Empty, ListAndWatchResponse> {
    /** Takes what arrives on one stream; calls come one after the other. */
    interface Reader {
        void list(List<Device> devices, long nanoTime);

        void end(Status status);
    }

    private final Reader reader;
    private ClientCallStreamObserver<Empty> call;
    private Call record;
    private volatile boolean started;
    private volatile boolean ended;
    private boolean stalled;
    private boolean owing;

    PluginStream(Reader reader) {
        this.reader = reader;
    }

    void recordIn(Call started) {
        record = started;
    }

    /** The call is under way: from now on it can be cancelled. */
    void started() {
        started = true;
    }

    boolean open() {
        return started && !ended;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Empty> started) {
        call = started;
        call.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(ListAndWatchResponse response) {
        long now = System.nanoTime();
        reader.list(response.getDevicesList(), now);
        synchronized (this) {
            owing = stalled;
            if (!stalled) {
                call.request(1);
            }
        }
    }

    @Override
    public void onError(Throwable error) {
        end(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
        end(Status.OK);
    }

    /** Stops reading after at most one more message; the plugin's writes pile up on its own side (rule 51). */
    synchronized void stall() {
        stalled = true;
    }

    synchronized void resume() {
        stalled = false;
        if (owing) {
            owing = false;
            call.request(1);
        }
    }

    void cancel() {
        call.cancel("context canceled", null);
    }

    private void end(Status status) {
        ended = true;
        if (status.isOk()) {
            record.succeed();
        } else {
            record.fail(GoErrors.text(status));
        }
        reader.end(status);
    }
}
