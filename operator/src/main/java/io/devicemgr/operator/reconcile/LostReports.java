package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts back the reports of living agents that somebody has deleted. An agent writes when something changes and watches nothing, so
 * what it wrote last is still true; it is written again in the agent's own name, so that the agent's next write replaces all of it.
 */
final class LostReports {
    private static final Logger LOG = LoggerFactory.getLogger(LostReports.class);
    private static final String AGENT = "device-plugin-agent";

    private final KubernetesClient client;
    private final Map<String, NodeDeviceReport> deleted = new ConcurrentHashMap<>();

    LostReports(KubernetesClient client) {
        this.client = client;
    }

    /** A report has been deleted, and this is what was in it. */
    void deleted(NodeDeviceReport report) {
        deleted.put(report.getMetadata().getName(), report);
    }

    /** A deployment goes, and its reports with it. */
    void forget(String deployment) {
        deleted.values().removeIf(report -> deployment.equals(report.getSpec().deployment()));
    }

    /**
     * Puts back what is missing of one deployment.
     *
     * @param reports those that are there
     * @throws KubernetesClientException when the API server does not let it; what is left is done the next time
     */
    void putBack(String deployment, String uid, Collection<NodeDeviceReport> reports, Collection<AgentPod> pods) {
        Set<String> there = new HashSet<>();
        reports.stream()
                .filter(report -> report.getStatus() != null)
                .forEach(report -> there.add(report.getMetadata().getName()));
        deleted.forEach((name, report) -> {
            if (deployment.equals(report.getSpec().deployment())) {
                boolean ours = report.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> uid.equals(owner.getUid()));
                if (ours && !there.contains(name) && pods.stream().anyMatch(pod -> writes(pod, report))) {
                    create(report);
                }
                deleted.remove(name, report);
            }
        });
    }

    private static boolean writes(AgentPod pod, NodeDeviceReport report) {
        return report.getStatus() != null
                && pod.node().equals(report.getSpec().nodeName())
                && pod.ready()
                && pod.revision().equals(report.getStatus().revision());
    }

    private void create(NodeDeviceReport lost) {
        NodeDeviceReport fresh = new NodeDeviceReport();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(lost.getMetadata().getName())
                .withLabels(lost.getMetadata().getLabels())
                .withOwnerReferences(lost.getMetadata().getOwnerReferences())
                .build());
        fresh.setSpec(lost.getSpec());
        NodeDeviceReport made = client.resource(fresh).patch(asAgent());
        if (made.getStatus() == null) {
            fill(made, lost);
        }
    }

    private void fill(NodeDeviceReport made, NodeDeviceReport lost) {
        String name = made.getMetadata().getName();
        try {
            NodeDeviceReport status = new NodeDeviceReport();
            status.setMetadata(new ObjectMetaBuilder()
                    .withName(name)
                    .withResourceVersion(made.getMetadata().getResourceVersion())
                    .build());
            status.setStatus(lost.getStatus());
            client.resource(status).subresource("status").patch(asAgent());
            LOG.info("Put back the report {}, which somebody has deleted", name);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            LOG.debug("{}: the agent was faster", name);
        }
        note(name, lost);
    }

    /** What the operator itself has noted on it stays the operator's: the agent would take it off. */
    private void note(String name, NodeDeviceReport lost) {
        Map<String, String> notes = lost.getMetadata().getAnnotations();
        if (notes != null && !notes.isEmpty()) {
            Map<String, Object> patch = Map.of("metadata", Map.of("annotations", notes));
            client.resources(NodeDeviceReport.class)
                    .withName(name)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            client.getKubernetesSerialization().asJson(patch));
        }
    }

    private static PatchContext asAgent() {
        return new PatchContext.Builder()
                .withFieldManager(AGENT)
                .withForce(true)
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .build();
    }
}
