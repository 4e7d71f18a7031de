package io.devicemgr.operator.leader;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** The one Lease at the API server. Requests are short and never repeated behind our back: the election repeats them itself. */
final class LeaseStore {
    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    LeaseStore(KubernetesClient client, String namespace, String name, Duration timeout) {
        RequestConfig hasty = new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestTimeout((int) timeout.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build();
        this.client = client.newClient(hasty).adapt(KubernetesClient.class);
        this.namespace = namespace;
        this.name = name;
    }

    /** The lease, or null. */
    Lease get() {
        return client.leases().inNamespace(namespace).withName(name).get();
    }

    /** Takes or renews the lease; fails with 409 when somebody else has written it since {@code found}. */
    Lease hold(Lease found, String identity, Duration duration, int transitions) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        if (found == null) {
            return client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(identity)
                            .withLeaseDurationSeconds((int) duration.toSeconds())
                            .withAcquireTime(now)
                            .withRenewTime(now)
                            .withLeaseTransitions(transitions)
                            .endSpec()
                            .build())
                    .create();
        }
        boolean renewed =
                found.getSpec() != null && identity.equals(found.getSpec().getHolderIdentity());
        return client.resource(new LeaseBuilder(found)
                        .editOrNewSpec()
                        .withHolderIdentity(identity)
                        .withLeaseDurationSeconds((int) duration.toSeconds())
                        .withAcquireTime(renewed ? found.getSpec().getAcquireTime() : now)
                        .withRenewTime(now)
                        .withLeaseTransitions(transitions)
                        .endSpec()
                        .build())
                .update();
    }

    /** Leaves the lease without a holder, so that the next one need not wait; fails with 409 when it is no longer ours. */
    void release(Lease held) {
        client.resource(new LeaseBuilder(held)
                        .editSpec()
                        .withHolderIdentity(null)
                        .withLeaseDurationSeconds(1)
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .update();
    }
}
