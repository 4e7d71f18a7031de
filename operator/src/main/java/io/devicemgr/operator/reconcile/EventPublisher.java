package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.desired.Revision;
import io.devicemgr.operator.status.StatusEvent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Posts events on deployments and nodes, as far as the budget goes. A repeat within the life of an event bumps its count. */
final class EventPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);
    /** Where events of cluster-scoped objects live. */
    private static final String NAMESPACE = "default";

    private final KubernetesClient client;
    private final Clock clock;
    private final EventBudget budget = new EventBudget(System::nanoTime);

    EventPublisher(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Posts events; one that cannot be posted is lost, since nothing depends on it. */
    void publish(DevicePluginDeployment deployment, List<StatusEvent> events) {
        for (StatusEvent event : events) {
            ObjectReference about = event.node() == null ? reference(deployment) : reference(event.node());
            if (!budget.take(
                    deployment.getMetadata().getName(), about.getKind() + " " + about.getName(), event.reason())) {
                LOG.debug("Too many events: {} on {} is left out", event.reason(), about.getName());
                continue;
            }
            try {
                publish(event, about);
            } catch (KubernetesClientException e) {
                LOG.warn("Event {} could not be posted: {}", event.reason(), e.getMessage());
            }
        }
    }

    private void publish(StatusEvent event, ObjectReference about) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String name = about.getName() + "." + Revision.ofObject(List.of(about, event));
        Event before =
                client.v1().events().inNamespace(NAMESPACE).withName(name).get();
        if (before == null) {
            client.resource(first(event, about, name, now)).create();
        } else {
            client.resource(new EventBuilder(before)
                            .withCount(before.getCount() + 1)
                            .withLastTimestamp(now)
                            .build())
                    .update();
        }
    }

    private static Event first(StatusEvent event, ObjectReference about, String name, String now) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withInvolvedObject(about)
                .withType(event.warning() ? "Warning" : "Normal")
                .withReason(event.reason())
                .withMessage(event.message())
                .withCount(1)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withNewSource(Labels.OPERATOR, null)
                .withReportingComponent(Labels.OPERATOR)
                .withReportingInstance(Labels.OPERATOR)
                .build();
    }

    private static ObjectReference reference(DevicePluginDeployment deployment) {
        return new ObjectReferenceBuilder()
                .withApiVersion(deployment.getApiVersion())
                .withKind(deployment.getKind())
                .withName(deployment.getMetadata().getName())
                .withUid(deployment.getMetadata().getUid())
                .build();
    }

    /** As the kubelet does: the uid of a node in an event is its name, and kubectl describe looks for that. */
    private static ObjectReference reference(String node) {
        return new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .withUid(node)
                .build();
    }
}
