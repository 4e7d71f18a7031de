package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The DaemonSet controller as far as OnDelete goes (pkg/controller/daemon in Kubernetes): one pod on every node that the
 * template suits, made anew when it is gone or has failed; it never replaces a running pod.
 */
public final class DaemonSetController {
    /** For {@link #observeAfter}: what it has not seen yet, it will not see. */
    public static final Duration NEVER = Duration.ofDays(365);

    private static final Duration FIRST_FAILED_POD_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_FAILED_POD_DELAY = Duration.ofMinutes(15);
    private static final Duration FIRST_RETRY = Duration.ofMillis(5);
    // A real controller's grows to 1000 s: no test waits for that.
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final Runnable changed;
    private final ClusterEvents events;
    private final BackOff failedPods = new BackOff(FIRST_FAILED_POD_DELAY, LONGEST_FAILED_POD_DELAY);
    private final BackOff retries = new BackOff(FIRST_RETRY, LONGEST_RETRY);
    private final Map<String, Seen> seen = new HashMap<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile PodRefusal refusal;
    private final Map<String, PodRefusal> refusals = new ConcurrentHashMap<>();

    /** A DaemonSet as the controller knows it, null before; and since when there is a newer one, null when there is none. */
    private record Seen(DaemonSet daemonSet, Instant outdatedSince) {}

    DaemonSetController(KubernetesClient client, Runnable changed) {
        this.client = client;
        this.changed = changed;
        this.events = new ClusterEvents(client, "daemonset-controller");
    }

    /**
     * How long it takes to notice a new generation. Until then pods are made of the old template, and
     * {@code observedGeneration} is the old one. With {@link Duration#ZERO}, the default, it is up to date at once.
     */
    public void observeAfter(Duration newDelay) {
        delay = newDelay;
        changed.run();
    }

    /** Admission refuses its pods from now on; null for no longer. */
    public void refusePods(PodRefusal why) {
        refusal = why;
        changed.run();
    }

    /** The same for the pods of one DaemonSet. */
    public void refusePods(String daemonSet, PodRefusal why) {
        if (why == null) {
            refusals.remove(daemonSet);
        } else {
            refusals.put(daemonSet, why);
        }
        changed.run();
    }

    private PodRefusal refusal(DaemonSet daemonSet) {
        return refusals.getOrDefault(daemonSet.getMetadata().getName(), refusal);
    }

    void sync(DaemonSet newest, List<Node> nodes, List<Pod> allPods, Instant now) {
        DaemonSet daemonSet = known(newest, now);
        if (daemonSet == null) {
            return;
        }
        List<Pod> pods = allPods.stream().filter(pod -> owns(daemonSet, pod)).toList();
        Map<String, List<Pod>> byNode = pods.stream().collect(Collectors.groupingBy(DaemonSetController::node));
        List<String> missing = new ArrayList<>();
        for (Node node : nodes) {
            String name = node.getMetadata().getName();
            if (!byNode.containsKey(name) && shouldRun(daemonSet, node)) {
                missing.add(name);
            }
            surplus(daemonSet, node, byNode.getOrDefault(name, List.of()), now)
                    .forEach(pod -> client.resource(pod).delete());
        }
        unscheduledWithoutNode(nodes, pods).forEach(pod -> client.resource(pod).delete());
        create(daemonSet, missing, now);
        DaemonSetCounts.write(client, daemonSet, newest, nodes, byNode);
    }

    private DaemonSet known(DaemonSet newest, Instant now) {
        String uid = newest.getMetadata().getUid();
        Seen before = seen.getOrDefault(uid, new Seen(null, null));
        DaemonSet old = before.daemonSet();
        Instant since = before.outdatedSince() == null ? now : before.outdatedSince();
        if (old != null && generation(old) == generation(newest) || !now.isBefore(since.plus(delay))) {
            seen.put(uid, new Seen(newest, null));
            return newest;
        }
        seen.put(uid, new Seen(old, since));
        return old;
    }

    private static long generation(DaemonSet daemonSet) {
        return daemonSet.getMetadata().getGeneration();
    }

    private static boolean owns(DaemonSet daemonSet, Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .anyMatch(owner -> owner.getUid().equals(daemonSet.getMetadata().getUid()));
    }

    private static String node(Pod pod) {
        String bound = pod.getSpec().getNodeName();
        return bound == null ? NodeFit.namedNode(pod.getSpec()).orElse("") : bound;
    }

    static boolean shouldRun(DaemonSet daemonSet, Node node) {
        return suits(daemonSet, node, Set.of(NodeFit.NO_SCHEDULE, NodeFit.NO_EXECUTE));
    }

    /** A pod that runs already stays when only its scheduling would be prevented. */
    private static boolean mayStay(DaemonSet daemonSet, Node node) {
        return suits(daemonSet, node, Set.of(NodeFit.NO_EXECUTE));
    }

    private static boolean suits(DaemonSet daemonSet, Node node, Set<String> effects) {
        PodSpec template = daemonSet.getSpec().getTemplate().getSpec();
        List<Toleration> tolerations = DaemonPodTemplate.tolerations(template);
        return NodeFit.selects(template, node)
                && NodeFit.untolerated(node, tolerations, effects).isEmpty();
    }

    /** Pods of a node to delete: all where none may be, otherwise failed ones in their turn and all but the oldest. */
    private List<Pod> surplus(DaemonSet daemonSet, Node node, List<Pod> pods, Instant now) {
        List<Pod> live = pods.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
        if (!mayStay(daemonSet, node)) {
            return live;
        }
        List<Pod> surplus = new ArrayList<>();
        live.stream()
                .filter(pod -> phase(pod).equals("Failed"))
                .filter(pod -> itsTurn(daemonSet, node, now))
                .forEach(pod -> {
                    events.warn(daemonSet, "FailedDaemonPod", foundFailed(pod, node));
                    surplus.add(pod);
                });
        live.stream()
                .filter(pod -> !phase(pod).equals("Failed"))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
                .skip(1)
                .forEach(surplus::add);
        return surplus;
    }

    private boolean itsTurn(DaemonSet daemonSet, Node node, Instant now) {
        String key = daemonSet.getMetadata().getUid() + "/"
                + daemonSet.getMetadata().getGeneration() + "/"
                + node.getMetadata().getName();
        if (failedPods.waits(key, now)) {
            return false;
        }
        failedPods.next(key, now);
        return true;
    }

    private static String foundFailed(Pod pod, Node node) {
        return "Found failed daemon pod " + pod.getMetadata().getNamespace() + "/"
                + pod.getMetadata().getName() + " on node " + node.getMetadata().getName() + ", will try to kill it";
    }

    private static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? ""
                : pod.getStatus().getPhase();
    }

    private static List<Pod> unscheduledWithoutNode(List<Node> nodes, List<Pod> pods) {
        Set<String> names =
                nodes.stream().map(node -> node.getMetadata().getName()).collect(Collectors.toSet());
        return pods.stream()
                .filter(pod -> pod.getSpec().getNodeName() == null && !names.contains(node(pod)))
                .toList();
    }

    /** Gives up at the first refusal, and tries again later. */
    private void create(DaemonSet daemonSet, List<String> nodes, Instant now) {
        String uid = daemonSet.getMetadata().getUid();
        if (refusal(daemonSet) == null) {
            retries.reset(uid);
        }
        for (String node : retries.waits(uid, now) ? List.<String>of() : nodes) {
            String failure = create(daemonSet, node);
            if (!failure.isEmpty()) {
                events.warn(daemonSet, "FailedCreate", "Error creating: " + failure);
                retries.next(uid, now);
                return;
            }
        }
    }

    /** Why there is no new pod; empty when there is one. */
    private String create(DaemonSet daemonSet, String node) {
        PodRefusal refused = refusal(daemonSet);
        if (refused != null) {
            return refused.message(DaemonPodTemplate.namePrefix(daemonSet));
        }
        try {
            client.resource(DaemonPodTemplate.pod(daemonSet, node)).create();
            return "";
        } catch (KubernetesClientException e) {
            return e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
        }
    }
}
