package io.devicemgr.testkit.kubelet;

import java.util.List;
import java.util.Optional;

/** One recorded call, from the moment it began; its outcome is filled in when it ends. */
public final class Call {
    private final Rpc rpc;
    private final String resource;
    private final String socket;
    private final List<String> ids;
    private final long startedNanos;
    private volatile boolean ended;
    private volatile String error;

    Call(Rpc rpc, String resource, String socket, List<String> ids, long startedNanos) {
        this.rpc = rpc;
        this.resource = resource;
        this.socket = socket;
        this.ids = List.copyOf(ids);
        this.startedNanos = startedNanos;
    }

    /** Which call it was. */
    public Rpc rpc() {
        return rpc;
    }

    /** The resource it was about; empty for GetInfo and the PodResources calls. */
    public String resource() {
        return resource;
    }

    /** The plugin's endpoint as registered or dialled; empty for the PodResources calls. */
    public String socket() {
        return socket;
    }

    /** Device ids of the request in wire order; for GetPreferredAllocation the available ones. */
    public List<String> ids() {
        return ids;
    }

    /** {@link System#nanoTime()} when the call began. */
    public long startedNanos() {
        return startedNanos;
    }

    /** True once the call was answered, failed, or (a stream) was closed. */
    public boolean ended() {
        return ended;
    }

    /** Error text of a call that failed. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    void succeed() {
        ended = true;
    }

    void fail(String message) {
        error = message;
        ended = true;
    }

    @Override
    public String toString() {
        return rpc + " " + resource + " " + socket + " " + ids + (error == null ? "" : " failed: " + error);
    }
}
