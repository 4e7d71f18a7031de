package io.devicemgr.agent.kubelet;

import java.io.IOException;
import java.util.function.Consumer;

/** A way in which the kubelet learns of a plugin's socket; one for each resource, used on the loop (contract rule 37). */
interface Introduction {
    /**
     * Serves on a new socket where the kubelet can find it.
     *
     * @throws IOException when the directory is not there or cannot be written
     */
    PluginServer bind(DevicePluginService service) throws IOException;

    /** Whether a server that has been introduced once may be introduced again. */
    boolean repeatable();

    /**
     * Tells the kubelet of the server.
     *
     * @param outcome gets null when the kubelet has taken it, else what is wrong; nothing follows a {@link #cancel()}
     */
    void introduce(PluginServer server, Consumer<String> outcome);

    /** A kubelet has started; says whether it finds the server by itself, so that what is under way goes on. */
    boolean kubeletStarted();

    /** Gives up what is under way. */
    void cancel();
}
