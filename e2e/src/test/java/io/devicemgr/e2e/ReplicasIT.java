package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of two operators one acts, and the other one goes on where it ends. */
class ReplicasIT {
    private static final Map<String, String> SHORT_LEASE = Map.of("LEASE_SECONDS", "6");
    private static final Map<String, String> LONG_LEASE = Map.of("LEASE_SECONDS", "3600");

    private Line line;

    @BeforeEach
    void start() throws IOException {
        line = Line.prepare();
    }

    @AfterEach
    void close() {
        line.close();
    }

    private OperatorProcess leader(Map<String, String> environment) throws IOException {
        OperatorProcess leader = line.startOperator("operator-a", environment);
        await().atMost(Line.LIMIT)
                .until(() ->
                        line.cluster().leader().filter("operator-a"::equals).isPresent());
        line.startOperator("operator-b", environment);
        return leader;
    }

    private static boolean isDeletedPod(RequestInfo request) {
        return request.user().equals(SimulatedCluster.OPERATOR_USER)
                && request.verb().equals("delete")
                && request.resource().equals("pods");
    }

    @Test
    void aLeaderThatIsKilledInTheMiddleOfARolloutIsSucceededAndNoPodIsReplacedTwice() throws IOException {
        for (String node : List.of("n1", "n2", "n3")) {
            line.node(node, "dev", 1);
        }
        OperatorProcess leader = leader(SHORT_LEASE);
        String manifest = Line.manifest("ha", "example.com/ha", "/dev/dev*", "") + "  rollout: {strategy: AllAtOnce}\n";
        DeploymentWatch watch = line.apply(manifest);
        line.awaitReady(watch);
        String revision = watch.latest().orElseThrow().getStatus().rollout().revision();
        Set<String> old = agents();
        List<String> deleted = new CopyOnWriteArrayList<>();
        line.cluster().apiServer().onRequest(killAtFirst(leader, deleted));

        line.apply(manifest + "  agent: {logLevel: debug}\n");

        await().atMost(Line.LIMIT).until(() -> !leader.alive());
        line.await(
                watch,
                "rolled out by the other one",
                d -> Statuses.isTrue(d, ConditionType.Ready)
                        && !d.getStatus().rollout().revision().equals(revision));
        assertThat(line.cluster().leader()).hasValue("operator-b");
        assertThat(deleted).containsExactlyInAnyOrderElementsOf(old);
        assertThat(agents()).hasSize(3).doesNotContainAnyElementsOf(old);
        assertThat(watch.latest().orElseThrow().getStatus().rollout().updatedNodes())
                .isEqualTo(3);
    }

    private static Consumer<RequestInfo> killAtFirst(OperatorProcess leader, List<String> deleted) {
        return request -> {
            if (isDeletedPod(request)) {
                leader.kill();
                deleted.add(request.name());
            }
        };
    }

    private Set<String> agents() {
        return line.client().pods().inNamespace(SimulatedCluster.NAMESPACE).list().getItems().stream()
                .map(HasMetadata::getMetadata)
                .map(metadata -> metadata.getName())
                .collect(Collectors.toSet());
    }

    @Test
    void aLeaderThatIsToldToEndLetsTheOtherOneActWithoutWaitingForTheLeaseToRunOut() throws IOException {
        line.node("calm", "calm", 2);
        OperatorProcess leader = leader(LONG_LEASE);
        DeploymentWatch watch = line.apply(Line.manifest("calm", "example.com/calm", "/dev/calm*", "calm"));
        line.awaitReady(watch);

        leader.terminate();

        await().atMost(Line.LIMIT)
                .until(() ->
                        line.cluster().leader().filter("operator-b"::equals).isPresent());
        line.cluster().node("calm").devices().unplug("/dev/calm0");
        line.await(watch, "loss listed", d -> Statuses.lists(d, "calm", "/dev/calm0"));
    }
}
