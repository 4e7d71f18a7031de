package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kubelet's connections to plugins, from the dial to the end of the stream, which is never opened again. */
final class PluginConnections {
    /** The plugin's pause begins when it ends its stream, and this kubelet's clock when it has noticed. */
    private static final Duration NO_PAUSE = Duration.ofMillis(500);

    private final KubeletParts parts;
    private final DeviceManager manager;
    private final ClientTable clients;
    private final Map<String, Instant> endedByPlugin = new HashMap<>();
    private final List<PluginClient> opened = new ArrayList<>();
    private boolean closed;

    PluginConnections(KubeletParts parts, DeviceManager manager) {
        this.parts = parts;
        this.manager = manager;
        this.clients = new ClientTable(parts.options().profile());
    }

    /** Where the options of a plugin come from that has been dialled. */
    interface OptionsSource {
        DevicePluginOptions of(PluginClient client);
    }

    /**
     * Dials and asks for the options. In v1.36 the newest client replaces the older one without closing it, and a failure
     * erases the record of both (rule 26). Empty when the kubelet has this plugin already and keeps silent about it.
     */
    Optional<PluginClient> connect(String resource, Path socket, long dialLimitNanos, OptionsSource source)
            throws DeviceManagerException {
        if (ignores(resource, socket)) {
            return Optional.empty();
        }
        PluginClient client = new PluginClient(
                resource, socket, parts.faults().authority(), parts.sockets(), parts.executor(), parts.calls());
        reportEarly(resource, socket);
        remember(client);
        try {
            if (!client.awaitReady(dialLimitNanos)) {
                client.close();
                throw new DeviceManagerException("failed to dial device plugin: context deadline exceeded");
            }
            manager.pluginConnected(client, options(client, source));
            return Optional.of(client);
        } catch (DeviceManagerException e) {
            forget(resource, socket);
            // v1.36 leaves the connection open when only the options failed.
            if (parts.options().profile() == KubeletProfile.K137) {
                client.close();
            }
            throw e;
        }
    }

    private static DevicePluginOptions options(PluginClient client, OptionsSource source)
            throws DeviceManagerException {
        try {
            return source.of(client);
        } catch (StatusRuntimeException e) {
            throw new DeviceManagerException("failed to get device plugin options: " + GoErrors.text(e.getStatus()));
        }
    }

    private synchronized boolean ignores(String resource, Path socket) {
        return parts.options().profile() == KubeletProfile.K137
                && parts.options().repeatedRegistration() == RepeatedRegistration.IGNORED
                && clients.find(resource, socket).isPresent();
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
                parts.lists().announce(client.resource(), devices, nanoTime);
                rules.check(devices, nanoTime);
                manager.receive(client, devices, nanoTime);
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
        disconnect(resource, ended.socket());
    }

    /** What happens when a stream has ended or a watched socket is gone: three steps that are not atomic. */
    void disconnect(String resource, Path socket) {
        parts.faults().beforeStep(HandOverStep.LOOK_UP, resource);
        Optional<PluginClient> found = client(resource, socket);
        if (found.isEmpty()) {
            return;
        }
        parts.faults().beforeStep(HandOverStep.REMOVE, resource);
        forget(resource, socket);
        found.get().close();
        parts.faults().beforeStep(HandOverStep.MARK, resource);
        manager.pluginDisconnected(resource, socket);
    }

    private synchronized boolean closed() {
        return closed;
    }

    private synchronized void noteEnd(PluginClient ended) {
        if (!ended.closedByKubelet()) {
            endedByPlugin.put(ended.resource(), now());
        }
    }

    /** One way of registering for each resource (rule 37). */
    synchronized void reportOtherWay(String resource, boolean byWatcher) {
        opened.stream()
                .filter(c -> c.resource().equals(resource) && c.streaming() && c.isFoundByWatcher() != byWatcher)
                .findFirst()
                .ifPresent(other -> parts.violations()
                        .add(
                                ViolationKind.REGISTERED_BOTH_WAYS,
                                resource,
                                other.socket() + " is registered the other way and streaming"));
    }

    private synchronized void reportEarly(String resource, Path socket) {
        clients.find(resource, socket)
                .filter(current -> current.streaming() && current.socket().equals(socket))
                .ifPresent(current -> parts.violations()
                        .add(ViolationKind.REGISTERED_TWICE, resource, socket + " is registered and streaming"));
        Instant end = endedByPlugin.remove(resource);
        Duration pause = end == null ? NO_PAUSE : Duration.between(end, now());
        if (pause.compareTo(NO_PAUSE) < 0) {
            parts.violations()
                    .add(
                            ViolationKind.REGISTERED_WITHOUT_PAUSE,
                            resource,
                            pause.toMillis() + " ms after the plugin ended its stream");
        }
    }

    private Instant now() {
        return parts.options().clock().instant();
    }

    private synchronized void remember(PluginClient client) throws DeviceManagerException {
        if (closed) {
            client.close();
            throw new DeviceManagerException("the kubelet has ended");
        }
        clients.add(client);
        opened.add(client);
    }

    /** Takes the record away without telling anybody; the stream, if any, stays open. */
    synchronized void forget(String resource, Path socket) {
        clients.remove(resource, socket);
    }

    private synchronized Optional<PluginClient> client(String resource, Path socket) {
        return clients.find(resource, socket);
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
