package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the Device Manager keeps of a plugin; guarded by the manager's lock. */
final class Endpoint {
    /** Strictly longer than this after the disconnect, the resource is removed (rule 80). */
    static final Duration GRACE = Duration.ofMinutes(5);

    private final PluginClient client;
    private final DevicePluginOptions options;
    private Instant stopTime;

    /** A plugin that has just registered. */
    Endpoint(PluginClient client, DevicePluginOptions options) {
        this.client = client;
        this.options = options;
    }

    /** A plugin known only from the checkpoint: stopped, options unknown (rule 88). */
    static Endpoint fromCheckpoint(Instant now) {
        Endpoint endpoint = new Endpoint(null, null);
        endpoint.stop(now);
        return endpoint;
    }

    void stop(Instant now) {
        stopTime = now;
    }

    boolean expired(Instant now) {
        return stopTime != null && Duration.between(stopTime, now).compareTo(GRACE) > 0;
    }

    Optional<DevicePluginOptions> options() {
        return Optional.ofNullable(options);
    }

    /** The living plugin, or the error that every call to a stopped one ends in. */
    PluginClient running() throws DeviceManagerException {
        if (stopTime != null) {
            throw new DeviceManagerException(
                    "endpoint " + (client == null ? "<nil>" : client.socket()) + " has been stopped");
        }
        return client;
    }
}
