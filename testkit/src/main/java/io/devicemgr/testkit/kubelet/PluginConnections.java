package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kubelet's clients, keyed by resource name only as in v1.36, with the hand-over fault that follows from it. A
 * stream that ends is never opened again.
 */
final class PluginConnections {
    private final KubeletParts parts;
    private final DeviceManager manager;
    private final Map<String, PluginClient> clients = new HashMap<>();
    private final Map<String, Long> endedByPlugin = new HashMap<>();
    private final List<PluginClient> opened = new ArrayList<>();
    private boolean closed;

    PluginConnections(KubeletParts parts, DeviceManager manager) {
        this.parts = parts;
        this.manager = manager;
    }

    /**
     * Dials and asks for the options. The newest client replaces the older one without closing it, and a failure erases
     * the record of both (rule 26).
     */
    PluginClient connect(String resource, Path socket, long dialLimitNanos) throws DeviceManagerException {
        PluginClient client = new PluginClient(
                resource, socket, parts.faults().authority(), parts.sockets(), parts.executor(), parts.calls());
        reportEarly(resource, socket);
        remember(client);
        if (!client.awaitReady(dialLimitNanos)) {
            forget(resource);
            client.close();
            throw new DeviceManagerException("failed to dial device plugin: context deadline exceeded");
        }
        try {
            DevicePluginOptions options = client.options();
            manager.pluginConnected(client, options);
        } catch (StatusRuntimeException e) {
            // The connection stays open, as it does in a v1.36 kubelet.
            forget(resource);
            throw new DeviceManagerException("failed to get device plugin options: " + GoErrors.text(e.getStatus()));
        }
        return client;
    }

    /** Opens the one ListAndWatch stream of this registration. */
    void run(PluginClient client) {
        if (parts.faults().skipStream()) {
            return;
        }
        ListRules rules = new ListRules(client.resource(), parts.options().numaNodes(), parts.violations());
        client.listAndWatch(new PluginStream(new PluginStream.Reader() {
            @Override
            public void list(List<Device> devices, long nanoTime) {
                parts.lists().received(client.resource(), devices, nanoTime);
                rules.check(devices, nanoTime);
                manager.receive(client.resource(), devices);
                parts.lists().workedOn(client.resource());
            }

            @Override
            public void end(Status status) {
                streamEnded(client, status);
            }
        }));
    }

    private void streamEnded(PluginClient ended, Status status) {
        String resource = ended.resource();
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
            parts.violations().add(ViolationKind.MESSAGE_TOO_LARGE, resource, status.getDescription());
        }
        noteEnd(ended);
        if (closed()) {
            return;
        }
        parts.faults().beforeStep(HandOverStep.LOOK_UP, resource);
        Optional<PluginClient> found = client(resource);
        if (found.isEmpty()) {
            return;
        }
        parts.faults().beforeStep(HandOverStep.REMOVE, resource);
        forget(resource);
        found.get().close();
        parts.faults().beforeStep(HandOverStep.MARK, resource);
        manager.pluginDisconnected(resource);
    }

    private synchronized boolean closed() {
        return closed;
    }

    private synchronized void noteEnd(PluginClient ended) {
        if (!ended.closedByKubelet()) {
            endedByPlugin.put(ended.resource(), System.nanoTime());
        }
    }

    private synchronized void reportEarly(String resource, Path socket) {
        PluginClient current = clients.get(resource);
        if (current != null && current.streaming() && current.socket().equals(socket)) {
            parts.violations().add(ViolationKind.REGISTERED_TWICE, resource, socket + " is registered and streaming");
        }
        Long end = endedByPlugin.remove(resource);
        long second = 1_000_000_000L;
        if (end != null && System.nanoTime() - end < second) {
            parts.violations()
                    .add(
                            ViolationKind.REGISTERED_WITHOUT_PAUSE,
                            resource,
                            (System.nanoTime() - end) / 1_000_000 + " ms after the plugin ended its stream");
        }
    }

    private synchronized void remember(PluginClient client) throws DeviceManagerException {
        if (closed) {
            client.close();
            throw new DeviceManagerException("the kubelet has ended");
        }
        clients.put(client.resource(), client);
        opened.add(client);
    }

    /** Takes the record away without telling anybody; the stream, if any, stays open. */
    synchronized void forget(String resource) {
        clients.remove(resource);
    }

    /** The client that registered last and whose record still stands. */
    synchronized Optional<PluginClient> client(String resource) {
        return Optional.ofNullable(clients.get(resource));
    }

    /** The most recent client of a resource, even if its record is gone. */
    synchronized Optional<PluginClient> newest(String resource) {
        return opened.stream().filter(c -> c.resource().equals(resource)).reduce((older, newer) -> newer);
    }

    synchronized int openStreams(String resource) {
        return (int) opened.stream()
                .filter(c -> c.resource().equals(resource) && c.streaming())
                .count();
    }

    /** As at the end of a process: all connections, also those that the kubelet had lost track of. */
    synchronized void closeAll() {
        closed = true;
        opened.forEach(PluginClient::close);
        clients.clear();
    }
}
