package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.Leftovers;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Wording;
import io.devicemgr.operator.validate.NodePlacement;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the resources of deleted deployments off the status of nodes, where kubelets leave them for ever with the value 0. A
 * kubelet keeps a resource for five minutes after its plugin has gone, and puts it back when somebody takes it off before.
 */
@ControllerConfiguration(
        name = "leftovers",
        maxReconciliationInterval = @MaxReconciliationInterval(interval = Constants.NO_MAX_RECONCILIATION_INTERVAL))
public final class LeftoversReconciler implements Reconciler<ConfigMap> {
    /** The five minutes of grace, and one update of the node status (docs/kubelet-contract.md, rule 80). */
    static final Duration GRACE = Duration.ofSeconds(315);
    /** When it is given up: what is there by then is somebody else's, or its node is dead. */
    static final Duration LIMIT = Duration.ofMinutes(30);

    private static final Duration PACE = Duration.ofSeconds(30);
    /** What concerns one node: it may not be written, has gone, or advertises something by now. Others go on. */
    private static final Set<Integer> OF_ONE_NODE = Set.of(403, 404, 409, 422);

    private static final Logger LOG = LoggerFactory.getLogger(LeftoversReconciler.class);

    private final KubernetesClient client;
    private final Informers informers;
    private final Clock clock;

    LeftoversReconciler(KubernetesClient client, Informers informers, Clock clock) {
        this.client = client;
        this.informers = informers;
        this.clock = clock;
    }

    @Override
    public UpdateControl<ConfigMap> reconcile(ConfigMap map, Context<ConfigMap> context) {
        UpdateControl<ConfigMap> done = UpdateControl.noUpdate();
        Optional<Leftovers> read = Leftovers.read(map);
        if (read.isEmpty() || map.getMetadata().getDeletionTimestamp() != null) {
            return done;
        }
        Leftovers left = read.get();
        Instant now = clock.instant();
        Instant due = Timestamps.parse(left.since()).plus(GRACE);
        if (now.isBefore(due)) {
            return done.rescheduleAfter(Duration.between(now, due));
        }
        Map<String, Node> nodes = informers
                .list(Node.class)
                .collect(Collectors.toMap(node -> node.getMetadata().getName(), Function.identity()));
        if (nodes.isEmpty() && now.isBefore(due.plus(LIMIT))) {
            return done.rescheduleAfter(PACE);
        }
        boolean late = now.isAfter(due.plus(LIMIT));
        Set<String> there = takeOff(left, nodes, late);
        if (there.isEmpty()) {
            forget(map);
        } else if (late) {
            LOG.warn("{}: left in the status of nodes: {}", left.deployment(), Wording.firstOf(List.copyOf(there)));
            forget(map);
        } else {
            // Less and less often: a kubelet that puts a resource back has a reason that may take its time.
            Duration since = Duration.between(due, now);
            return done.rescheduleAfter(since.compareTo(PACE) > 0 ? since : PACE);
        }
        return done;
    }

    /** Returns what was there when it looked; what has been taken off is looked at once more. */
    private Set<String> takeOff(Leftovers left, Map<String, Node> nodes, boolean late) {
        Set<String> there = new TreeSet<>();
        for (Leftovers.Group group : left.groups()) {
            for (String name : group.nodes()) {
                Node node = nodes.get(name);
                if (node != null) {
                    group.resources().stream()
                            .filter(resource -> isShown(node, resource) && !isOffered(node, resource))
                            .forEach(resource -> {
                                there.add(name + " " + resource);
                                takeOff(name, resource, late);
                            });
                }
            }
        }
        return there;
    }

    private static boolean isShown(Node node, String resource) {
        Map<String, Quantity> allocatable =
                node.getStatus() == null ? null : node.getStatus().getAllocatable();
        return allocatable != null && allocatable.containsKey(resource);
    }

    private boolean isOffered(Node node, String resource) {
        return informers
                .list(DevicePluginDeployment.class)
                .filter(other -> other.getMetadata().getDeletionTimestamp() == null)
                .filter(other -> !other.getSpec().discoverOnly())
                .filter(other ->
                        other.getSpec().resources().stream().anyMatch(offered -> resource.equals(offered.name())))
                .anyMatch(other -> NodePlacement.selects(other.getSpec().placement(), node));
    }

    /** The API server makes sure of the 0: a plugin that has come meanwhile keeps its devices. Nothing is tried again when it is late. */
    private void takeOff(String node, String resource, boolean late) {
        String key = resource.replace("~", "~0").replace("/", "~1");
        String patch = """
                [{"op": "test", "path": "/status/capacity/%1$s", "value": "0"},
                 {"op": "test", "path": "/status/allocatable/%1$s", "value": "0"},
                 {"op": "remove", "path": "/status/capacity/%1$s"},
                 {"op": "remove", "path": "/status/allocatable/%1$s"}]
                """.formatted(key);
        try {
            client.nodes().withName(node).subresource("status").patch(PatchContext.of(PatchType.JSON), patch);
            LOG.info("Took {} off the status of {}", resource, node);
        } catch (KubernetesClientException e) {
            if (!late && !OF_ONE_NODE.contains(e.getCode())) {
                throw e;
            }
            LOG.debug("{} stays in the status of {}: {}", resource, node, e.getMessage());
        }
    }

    private void forget(ConfigMap map) {
        client.configMaps()
                .inNamespace(map.getMetadata().getNamespace())
                .withName(map.getMetadata().getName())
                .delete();
    }
}
