package io.devicemgr.operator.uninstall;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What belonged to deployments. The garbage collector takes it; what nobody owns any more is deleted here. */
final class Remains {
    /** So many of a kind at a time: a large cluster has thousands of reports. */
    private static final long FEW = 50;

    private final KubernetesClient client;
    private final String namespace;
    private final Clock clock;

    Remains(KubernetesClient client, String namespace, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.clock = clock;
    }

    /** Looks at what is there, and deletes what has no owner. Returns what is still there, in words. */
    List<String> step() {
        List<HasMetadata> there = new ArrayList<>();
        there.addAll(
                client.apps().daemonSets().inNamespace(namespace).list(ours()).getItems());
        there.addAll(client.configMaps().inNamespace(namespace).list(ours()).getItems());
        there.addAll(
                client.rbac().roleBindings().inNamespace(namespace).list(ours()).getItems());
        there.addAll(client.rbac().clusterRoleBindings().list(ours()).getItems());
        there.addAll(
                client.serviceAccounts().inNamespace(namespace).list(ours()).getItems());
        there.addAll(served(() ->
                client.resources(NodeDeviceReport.class).list(few().build()).getItems()));
        there.addAll(
                served(() -> client.resources(KubeletConfig.class).list(ours()).getItems()));
        there.stream()
                .filter(object -> object.getMetadata().getOwnerReferences().isEmpty())
                .filter(object -> object.getMetadata().getDeletionTimestamp() == null)
                .forEach(object -> client.resource(object).delete());
        there.addAll(agents().stream().filter(pod -> !isLost(pod)).toList());
        return there.stream()
                .map(object -> object.getKind() + " " + object.getMetadata().getName())
                .toList();
    }

    /** Nodes with agents that do not end: they do when the kubelet there is back. */
    List<String> lost() {
        return agents().stream()
                .filter(this::isLost)
                .map(pod -> pod.getSpec().getNodeName())
                .distinct()
                .toList();
    }

    private boolean isLost(Pod pod) {
        Instant now = clock.instant();
        return new AgentPod(pod, null).overdue(now);
    }

    private List<Pod> agents() {
        return client.pods().inNamespace(namespace).list(ours()).getItems();
    }

    private static <T> List<T> served(Supplier<List<T>> list) {
        try {
            return list.get();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private static ListOptions ours() {
        return few().withLabelSelector(Labels.MANAGED_BY + "=" + Labels.OPERATOR)
                .build();
    }

    private static ListOptionsBuilder few() {
        return new ListOptionsBuilder().withLimit(FEW);
    }
}
