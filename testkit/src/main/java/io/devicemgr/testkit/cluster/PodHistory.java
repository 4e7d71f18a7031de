package io.devicemgr.testkit.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.devicemgr.testkit.apiserver.ObjectEvent;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has happened to pods and nodes, in the order in which the API server has done it: nothing is missed. */
public final class PodHistory {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final SimulatedApiServer server;
    private final List<PodChange> changes = new ArrayList<>();
    private final Map<String, Sight> pods = new HashMap<>();
    private final Map<String, Boolean> nodes = new HashMap<>();
    private long seen;

    /** What was seen of a pod last. */
    private record Sight(boolean deleted, boolean ready) {}

    PodHistory(SimulatedApiServer server) {
        this.server = server;
        this.seen = server.revision();
        server.objects().onEvent(this::follow);
    }

    /** A moment to give to {@link #since}: all that is done from now on comes after it. */
    public long now() {
        return server.revision();
    }

    /** All changes after a moment; waits until everything up to this call is known. */
    public synchronized List<PodChange> since(long moment) {
        catchUp(server.revision());
        return changes.stream().filter(change -> change.revision() > moment).toList();
    }

    /**
     * How many nodes were without their agent at the same time at most, after a moment. A node counts from the time that its
     * pod is deleted or stops being ready until one is ready again, as long as the node itself is Ready; a node that waits
     * for its first pod does not count.
     *
     * @param label key and value of a label of the pods, such as {@code app=shell}
     */
    public int mostAway(String label, long moment) {
        return new Absences(label).most(since(0), moment);
    }

    private void catchUp(long revision) {
        Instant end = Instant.now().plus(LIMIT);
        try {
            while (seen < revision) {
                if (Instant.now().isAfter(end)) {
                    throw new IllegalStateException("seen " + seen + " of " + revision + " events");
                }
                wait(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private synchronized void follow(ObjectEvent event) {
        JsonNode object = event.object();
        long revision = object.at("/metadata/resourceVersion").asLong();
        boolean gone = event.type().equals("DELETED");
        if (event.group().isEmpty() && event.resource().equals("pods")) {
            pod(revision, object, gone);
        } else if (event.group().isEmpty() && event.resource().equals("nodes")) {
            node(revision, object, gone);
        }
        seen = revision;
        notifyAll();
    }

    private void pod(long revision, JsonNode pod, boolean gone) {
        String uid = pod.at("/metadata/uid").asText();
        Sight before = pods.get(uid);
        boolean deleted = gone || pod.at("/metadata").hasNonNull("deletionTimestamp");
        boolean wasReady = before != null && before.ready();
        Sight now = new Sight(deleted, deleted ? wasReady : isReady(pod));
        pods.put(uid, now);
        if (before == null) {
            add(PodChange.Kind.CREATED, revision, pod);
        }
        if (now.deleted() && (before == null || !before.deleted())) {
            add(PodChange.Kind.DELETED, revision, pod);
        }
        if (now.ready() != wasReady) {
            add(now.ready() ? PodChange.Kind.READY : PodChange.Kind.UNREADY, revision, pod);
        }
        if (gone) {
            pods.remove(uid);
            add(PodChange.Kind.GONE, revision, pod);
        }
    }

    private void node(long revision, JsonNode node, boolean gone) {
        String name = node.at("/metadata/name").asText();
        boolean ready = !gone && isReady(node);
        if (nodes.getOrDefault(name, false) != ready) {
            nodes.put(name, ready);
            PodChange.Kind kind = ready ? PodChange.Kind.NODE_READY : PodChange.Kind.NODE_UNREADY;
            changes.add(new PodChange(revision, Instant.now(), kind, name, "", Map.of()));
        }
    }

    private void add(PodChange.Kind kind, long revision, JsonNode pod) {
        String bound = pod.at("/spec/nodeName").asText();
        Map<String, String> labels = new HashMap<>();
        pod.at("/metadata/labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        changes.add(new PodChange(
                revision,
                kind == PodChange.Kind.READY ? readySince(pod) : Instant.now(),
                kind,
                bound.isEmpty() ? named(pod) : bound,
                pod.at("/metadata/name").asText(),
                labels));
    }

    /** The node that the DaemonSet controller has made the pod for. */
    private static String named(JsonNode pod) {
        return pod.at("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
                        + "/nodeSelectorTerms/0/matchFields/0/values/0")
                .asText();
    }

    private static boolean isReady(JsonNode object) {
        return ready(object).path("status").asText().equals("True");
    }

    private static Instant readySince(JsonNode object) {
        JsonNode since = ready(object).path("lastTransitionTime");
        return since.isTextual() ? Instant.parse(since.asText()) : Instant.now();
    }

    private static JsonNode ready(JsonNode object) {
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }
}
