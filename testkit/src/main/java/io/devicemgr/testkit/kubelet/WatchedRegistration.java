package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.pluginregistration.v1.PluginInfo;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One attempt to register what a socket of the registry directory offers, and the way back (rules 29 to 34). */
final class WatchedRegistration {
    private static final String TYPE = "DevicePlugin";
    private static final String VERSION = "v1beta1";

    private final KubeletParts parts;
    private final PluginConnections connections;
    private final Set<RegistryClient> open = ConcurrentHashMap.newKeySet();

    WatchedRegistration(KubeletParts parts, PluginConnections connections) {
        this.parts = parts;
        this.connections = connections;
    }

    /** What a registered socket offers. */
    record Offer(String resource, Path endpoint) {}

    /** Asks, connects, notifies. Every error ends the attempt, and the plugin hears of those after GetInfo. */
    Offer register(Path socket) throws DeviceManagerException {
        RegistryClient client = new RegistryClient(socket, parts.sockets(), parts.executor(), parts.calls());
        open.add(client);
        try (client) {
            client.awaitReady(parts.options().dialLimit().toNanos());
            PluginInfo info = client.info();
            Offer offer = new Offer(info.getName(), endpoint(info, socket));
            try {
                validate(info, socket);
                connect(offer);
            } catch (DeviceManagerException e) {
                client.tell(info.getName(), e.getMessage());
                throw e;
            }
            confirm(client, offer);
            return offer;
        } finally {
            open.remove(client);
        }
    }

    /** A kubelet that has ended says nothing any more, not even that it failed. */
    void end() {
        open.forEach(RegistryClient::close);
    }

    private static Path endpoint(PluginInfo info, Path socket) {
        return info.getEndpoint().isEmpty() ? socket : Path.of(info.getEndpoint());
    }

    private static void validate(PluginInfo info, Path socket) throws DeviceManagerException {
        if (!info.getType().equals(TYPE)) {
            throw new DeviceManagerException("RegisterPlugin error -- no handler registered for plugin type: "
                    + info.getType() + " at socket " + socket);
        }
        String failed = "RegisterPlugin error -- plugin validation failed with err: ";
        if (!info.getSupportedVersionsList().contains(VERSION)) {
            throw new DeviceManagerException(failed + "manager version, " + VERSION
                    + ", is not among plugin supported versions " + info.getSupportedVersionsList());
        }
        if (!ResourceNames.isExtended(info.getName())) {
            throw new DeviceManagerException(failed + "invalid name of device plugin socket: the ResourceName \""
                    + info.getName() + "\" is invalid");
        }
    }

    /** The options have no deadline here, because nobody waits for an answer to Register. */
    private void connect(Offer offer) throws DeviceManagerException {
        try {
            parts.faults().beforeRegistration();
            connections.reportOtherWay(offer.resource(), true);
            Optional<PluginClient> client = connections.connect(
                    offer.resource(),
                    offer.endpoint(),
                    parts.faults().dialLimit(parts.options().dialLimit()).toNanos(),
                    PluginClient::options);
            client.ifPresent(PluginClient::foundByWatcher);
            client.ifPresent(connections::run);
        } catch (DeviceManagerException e) {
            throw new DeviceManagerException(
                    "RegisterPlugin error -- plugin registration failed with err: " + e.getMessage());
        }
    }

    /** A plugin that cannot take the good news is disconnected again (rule 32). */
    private void confirm(RegistryClient client, Offer offer) throws DeviceManagerException {
        try {
            client.tell(offer.resource(), "");
        } catch (DeviceManagerException e) {
            deregister(offer);
            throw e;
        }
    }

    void deregister(Offer offer) {
        connections.disconnect(offer.resource(), offer.endpoint());
    }
}
