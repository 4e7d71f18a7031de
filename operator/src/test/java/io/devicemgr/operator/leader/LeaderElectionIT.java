package io.devicemgr.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.operator.config.LeaseSettings;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderElectionIT {
    private static final String NAMESPACE = "kube-system";
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofHours(1);

    private final SimulatedApiServer server = SimulatedApiServer.started();
    private final List<Candidate> candidates = new ArrayList<>();
    /** "elected NAME", "deposed NAME: WHY", in order. */
    private final List<String> told = new CopyOnWriteArrayList<>();

    private final class Candidate {
        final KubernetesClient client;
        final LeaderElection election;

        Candidate(String name, Duration duration) {
            server.addToken(name, name);
            client = new KubernetesClientBuilder()
                    .withConfig(server.clientConfig(name))
                    .withHttpClientBuilderConsumer(
                            http -> http.addOrReplaceInterceptor("fence", new Fence(this::leads)))
                    .build();
            election = LeaderElection.start(
                    client,
                    NAMESPACE,
                    new LeaseSettings(name, duration),
                    () -> told.add("elected " + name),
                    why -> told.add("deposed " + name + ": " + why));
            candidates.add(this);
        }

        boolean leads() {
            return election != null && election.leads();
        }
    }

    @AfterEach
    void close() {
        server.clearFaults();
        candidates.forEach(candidate -> {
            candidate.election.close();
            candidate.client.close();
        });
        server.close();
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
    }

    private LeaseSpec lease() {
        return server.objects()
                .get("leases.coordination.k8s.io", NAMESPACE, LeaderElection.LEASE)
                .map(tree -> new KubernetesSerialization().convertValue(tree, Lease.class))
                .orElseThrow()
                .getSpec();
    }

    private Candidate leader(String name, Duration duration) {
        Candidate candidate = new Candidate(name, duration);
        eventually().until(candidate::leads);
        return candidate;
    }

    private static boolean isLease(RequestInfo request) {
        return request.resource().equals("leases");
    }

    private void standsBy(String name) {
        long before = looks(name);
        eventually().until(() -> looks(name) >= before + 2);
    }

    private long looks(String name) {
        return server.requestCount(
                r -> isLease(r) && r.verb().equals("get") && r.user().equals(name));
    }

    @Test
    void oneLeadsAndWhenItEndsTheOtherNeedNotWaitForTheLeaseToRunOut() {
        Candidate first = leader("a", LONG);
        Candidate second = new Candidate("b", LONG);
        standsBy("b");
        assertThat(second.leads()).isFalse();
        assertThat(second.election.leader()).hasValue("a");

        first.election.close();

        assertThat(first.leads()).isFalse();
        assertThat(lease().getHolderIdentity()).isNull();
        eventually().until(second::leads);
        assertThat(told).containsExactly("elected a", "elected b");
        assertThat(lease().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void theLeaseOfALeaderThatHasDiedIsTakenWhenItHasRunOut() {
        server.applyYaml(leaseOf("dead", 3, "2001-01-01T00:00:00.000000Z"));
        Candidate second = new Candidate("b", SHORT);
        long from = System.nanoTime();
        eventually().until(second::leads);

        // However old its time says that it is: clocks differ.
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(SHORT);
        assertThat(lease().getLeaseTransitions()).isEqualTo(8);
    }

    @Test
    void aContainerThatIsStartedAgainGoesOnWithTheLeaseOfItsPod() {
        server.applyYaml(leaseOf("a", 3600, "2001-01-01T00:00:00.000000Z"));
        leader("a", LONG);

        assertThat(lease().getLeaseTransitions()).isEqualTo(7);
    }

    private static String leaseOf(String holder, int seconds, String renewed) {
        return """
                apiVersion: coordination.k8s.io/v1
                kind: Lease
                metadata: {name: %s, namespace: %s}
                spec: {holderIdentity: %s, leaseDurationSeconds: %d, leaseTransitions: 7, renewTime: "%s"}
                """.formatted(LeaderElection.LEASE, NAMESPACE, holder, seconds, renewed);
    }

    @Test
    void whoeverHangsAtTheApiServerGivesUpBeforeAnotherOneBegins() {
        Candidate first = leader("a", SHORT);
        Candidate second = new Candidate("b", SHORT);
        standsBy("b");

        server.silence(request -> request.user().equals("a"));

        eventually().until(second::leads);
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).isEqualTo("elected a");
        assertThat(told.get(1)).startsWith("deposed a: the lease could not be renewed in time");
        assertThat(told.get(2)).isEqualTo("elected b");
        assertThat(first.leads()).isFalse();
    }

    @Test
    void aLeaseThatSomebodyElseHasTakenIsNoticedAtTheNextRenewal() {
        leader("a", SHORT);
        server.applyYaml(leaseOf("thief", 3600, "2001-01-01T00:00:00.000000Z"));

        eventually().until(() -> told.size() == 2);
        assertThat(told.get(1)).isEqualTo("deposed a: the lease is held by thief");
        assertThat(candidates.get(0).leads()).isFalse();
        assertThat(lease().getHolderIdentity()).isEqualTo("thief");
    }

    @Test
    void leadershipOutlivesFailuresThatEndInTime() {
        Candidate first = leader("a", Duration.ofSeconds(18));
        server.failNext(1, LeaderElectionIT::isLease, 500, 0);
        server.failNext(1, request -> isLease(request) && request.isWrite(), 409, 0);
        long renewals = renewals();

        // The one that is refused is a write as well.
        eventually().until(() -> renewals() > renewals + 1);
        assertThat(first.leads()).isTrue();
        assertThat(told).containsExactly("elected a");
    }

    private long renewals() {
        return server.requestCount(request -> isLease(request) && request.isWrite());
    }

    @Test
    void whoDoesNotLeadSaysWhyAndCannotWrite() {
        server.failNext(Integer.MAX_VALUE, LeaderElectionIT::isLease, 403, 0);
        Candidate candidate = new Candidate("a", LONG);

        eventually().until(() -> candidate.election.trouble().isPresent());
        assertThat(candidate.election.trouble().orElseThrow()).contains("the lease cannot be had");
        assertThatThrownBy(() -> candidate
                        .client
                        .resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withName("c")
                                .withNamespace(NAMESPACE)
                                .endMetadata()
                                .build())
                        .create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("does not lead");

        server.clearFaults();
        eventually().until(candidate::leads);
        assertThat(candidate.election.trouble()).isEmpty();
    }
}
