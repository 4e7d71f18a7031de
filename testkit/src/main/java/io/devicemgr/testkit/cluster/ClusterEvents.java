package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;

/** Events of a controller; the same one again raises the count of the first, as client-go's recorder does. */
final class ClusterEvents {
    private final KubernetesClient client;
    private final String component;

    ClusterEvents(KubernetesClient client, String component) {
        this.client = client;
        this.component = component;
    }

    void warn(HasMetadata about, String reason, String message) {
        String now = Instant.now().toString();
        String namespace = about.getMetadata().getNamespace();
        String name = about.getMetadata().getName() + "."
                + Integer.toHexString((about.getMetadata().getUid() + reason + message).hashCode());
        Event earlier =
                client.v1().events().inNamespace(namespace).withName(name).get();
        if (earlier == null) {
            client.resource(event(about, name, reason, message, now)).create();
        } else {
            client.resource(new EventBuilder(earlier)
                            .withCount(earlier.getCount() + 1)
                            .withLastTimestamp(now)
                            .build())
                    .update();
        }
    }

    private Event event(HasMetadata about, String name, String reason, String message, String now) {
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(about.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason(reason)
                .withMessage(message)
                .withCount(1)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withNewSource()
                .withComponent(component)
                .endSource()
                .withReportingComponent(component)
                .withReportingInstance("")
                .build();
    }
}
