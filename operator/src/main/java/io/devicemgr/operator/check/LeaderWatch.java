package io.devicemgr.operator.check;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Objects;

/**
 * Whether an operator leads. The times in a lease come from a clock that may be wrong, so a leader is one that renews its lease
 * before our eyes.
 */
final class LeaderWatch {
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final KubernetesClient client;
    private final String namespace;
    private final String lease;

    LeaderWatch(KubernetesClient client, String namespace, String lease) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
    }

    /** Watches the lease until it is renewed, for no longer than this. */
    Finding look(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        LeaseSpec first = spec();
        LeaseSpec last = first;
        while (System.nanoTime() < end) {
            if (held(last) && !renewal(last).equals(renewal(first))) {
                return Finding.ok("leader: " + last.getHolderIdentity() + " renews its lease");
            }
            Thread.sleep(INTERVAL.toMillis());
            last = spec();
        }
        return Finding.fail("leader: " + trouble(last, limit) + ": look at the pods and logs of deployment " + lease
                + " in namespace " + namespace);
    }

    private static String trouble(LeaseSpec last, Duration limit) {
        if (last == null) {
            return "no operator has ever led, and none began to within " + limit.toSeconds() + " s";
        }
        return held(last)
                ? last.getHolderIdentity() + " did not renew its lease within " + limit.toSeconds() + " s"
                : "no operator leads, and none began to within " + limit.toSeconds() + " s";
    }

    private LeaseSpec spec() {
        Lease found = client.leases().inNamespace(namespace).withName(lease).get();
        return found == null ? null : found.getSpec();
    }

    private static boolean held(LeaseSpec spec) {
        return spec != null
                && spec.getHolderIdentity() != null
                && !spec.getHolderIdentity().isEmpty();
    }

    private static String renewal(LeaseSpec spec) {
        return spec == null ? "" : Objects.toString(spec.getRenewTime(), "");
    }
}
