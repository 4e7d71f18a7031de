package io.devicemgr.testkit.cluster;

import java.time.Instant;
import java.util.Map;

/**
 * Something that has happened to a pod or a node.
 *
 * @param revision resource version of the write
 * @param at when it was seen, which may be a moment late; for a pod that got ready, when the kubelet says that it did
 * @param kind what has happened
 * @param node the node, or the one that the pod is for
 * @param pod name of the pod; empty for a node
 * @param labels labels of the pod
 */
public record PodChange(long revision, Instant at, Kind kind, String node, String pod, Map<String, String> labels) {
    /** What can happen. */
    public enum Kind {
        /** The pod exists. */
        CREATED,
        /** Its Ready condition has turned True. */
        READY,
        /** Its Ready condition is True no more. */
        UNREADY,
        /** Somebody has asked for its end; its process may still run. */
        DELETED,
        /** It exists no more. */
        GONE,
        /** The node's Ready condition has turned True. */
        NODE_READY,
        /** The node's Ready condition is True no more, or the node is gone. */
        NODE_UNREADY
    }

    public PodChange {
        labels = Map.copyOf(labels);
    }

    /** Whether the pod has this label, such as {@code app=shell}. */
    public boolean has(String label) {
        int equals = label.indexOf('=');
        return label.substring(equals + 1).equals(labels.get(label.substring(0, equals)));
    }
}
