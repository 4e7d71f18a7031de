package io.devicemgr.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.desired.Revision;
import io.devicemgr.operator.validate.Violation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes desired objects by server-side apply, and only those that are not yet as desired: an idle fleet causes no request. */
final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    private static final Set<Integer> REFUSED = Set.of(400, 422);

    private final KubernetesClient client;
    private final Informers informers;

    Applier(KubernetesClient client, Informers informers) {
        this.client = client;
        this.informers = informers;
    }

    /**
     * Applies objects in their order.
     *
     * @return what is wrong with the spec, when the API server refuses the DaemonSet that was made from it
     * @throws KubernetesClientException when the API server cannot be reached or does not let the operator write
     */
    Optional<Violation> apply(List<HasMetadata> objects) {
        for (HasMetadata object : objects) {
            try {
                apply(object);
            } catch (KubernetesClientException e) {
                if (object instanceof DaemonSet && REFUSED.contains(e.getCode())) {
                    return Optional.of(Violation.invalid(
                            "the API server refuses the agents' DaemonSet, correct spec.agent or spec.placement: "
                                    + Writing.reasonOf(e)));
                }
                throw e;
            }
        }
        return Optional.empty();
    }

    private void apply(HasMetadata desired) {
        applyOver(existing(desired).orElse(null), desired);
    }

    /** Applies one object unless what exists, which may be nothing, is as desired already. */
    void applyOver(HasMetadata existing, HasMetadata desired) {
        HasMetadata stamped = stamped(desired);
        if (existing != null && !differs(stamped, existing)) {
            return;
        }
        if (existing != null && isBeingReleased(existing, desired)) {
            return;
        }
        LOG.info("Applying {} {}", desired.getKind(), desired.getMetadata().getName());
        client.resource(stamped).fieldManager(Labels.OPERATOR).forceConflicts().serverSideApply();
    }

    /** Who orphans the objects of a deployment wants them to stay without an owner, and may be ahead of the informers. */
    private boolean isBeingReleased(HasMetadata existing, HasMetadata desired) {
        OwnerReference owner = desired.getMetadata().getOwnerReferences().get(0);
        boolean owned = existing.getMetadata().getOwnerReferences().stream()
                .anyMatch(found -> owner.getUid().equals(found.getUid()));
        if (owned) {
            return false;
        }
        DevicePluginDeployment now = client.resources(DevicePluginDeployment.class)
                .withName(owner.getName())
                .get();
        return now == null || now.getMetadata().getDeletionTimestamp() != null;
    }

    /** Deletes an object; that it has gone already is fine. */
    void delete(HasMetadata object) {
        LOG.info("Deleting {} {}", object.getKind(), object.getMetadata().getName());
        client.resource(object).delete();
    }

    /** The hash of what was applied tells when a field was dropped, which a comparison cannot see. */
    private HasMetadata stamped(HasMetadata desired) {
        HasMetadata copy = client.getKubernetesSerialization().clone(desired);
        copy.getMetadata().getLabels().put(Labels.APPLIED, Revision.ofObject(desired));
        return copy;
    }

    private Optional<? extends HasMetadata> existing(HasMetadata desired) {
        String deployment = desired.getMetadata().getLabels().get(Labels.DEPLOYMENT);
        return informers.of(desired.getClass(), deployment).stream()
                .filter(found -> found.getMetadata()
                        .getName()
                        .equals(desired.getMetadata().getName()))
                .findFirst();
    }

    private boolean differs(HasMetadata desired, HasMetadata found) {
        KubernetesSerialization json = client.getKubernetesSerialization();
        return Difference.between(json.convertValue(desired, JsonNode.class), json.convertValue(found, JsonNode.class));
    }
}
