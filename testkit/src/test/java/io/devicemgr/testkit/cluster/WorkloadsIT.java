package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Deployments replace their pods one template after the other; Jobs run to their end. */
class WorkloadsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static SimulatedCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofSeconds(1));
        cluster.addNode("node", Map.of());
        cluster.images()
                .add("sleep", new Image(List.of("/bin/sleep", "600"), Map.of()))
                .add("sh", new Image(List.of("/bin/sh", "-c"), Map.of()));
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static void deploy(String image) {
        cluster.apiServer().applyYaml("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: default}
                spec:
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {terminationGracePeriodSeconds: 1, containers: [{name: main, image: %s}]}
                """.formatted(image));
    }

    private static List<Pod> pods(String label, String value) {
        return cluster.client()
                .pods()
                .inNamespace("default")
                .withLabel(label, value)
                .list()
                .getItems();
    }

    private static List<String> images() {
        return pods("app", "web").stream()
                .map(pod -> pod.getSpec().getContainers().get(0).getImage())
                .toList();
    }

    @Test
    void aDeploymentKeepsItsOldPodUntilTheNewOneIsReady() {
        deploy("sleep");
        await().atMost(LIMIT).until(() -> pods("app", "web").stream().anyMatch(PodTemplates::isReady));
        deploy("nowhere");
        await().atMost(LIMIT).until(() -> images().contains("nowhere"));
        assertThat(images()).containsExactlyInAnyOrder("sleep", "nowhere");
        cluster.images().add("nowhere", new Image(List.of("/bin/sleep", "600"), Map.of()));
        await().atMost(LIMIT).until(() -> images().equals(List.of("nowhere")));
        cluster.client()
                .apps()
                .deployments()
                .inNamespace("default")
                .withName("web")
                .delete();
        await().atMost(LIMIT).until(() -> images().isEmpty());
    }

    private static JobCondition run(String name, String command) {
        cluster.apiServer().applyYaml("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s, namespace: default}
                spec:
                  backoffLimit: 1
                  podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [7]}}]}
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: main, image: sh, args: ["%s"], terminationMessagePolicy: FallbackToLogsOnError}]
                """.formatted(name, command));
        Job job = await().atMost(LIMIT)
                .until(
                        () -> cluster.client()
                                .batch()
                                .v1()
                                .jobs()
                                .inNamespace("default")
                                .withName(name)
                                .get(),
                        found -> found.getStatus() != null
                                && !found.getStatus().getConditions().isEmpty());
        return job.getStatus().getConditions().get(0);
    }

    @Test
    void aJobIsCompleteWhenItsPodHasSucceeded() {
        assertThat(run("good", "exit 0").getType()).isEqualTo("Complete");
        assertThat(pods("job-name", "good"))
                .singleElement()
                .satisfies(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded"));
    }

    @Test
    void aJobIsTriedAgainAsOftenAsItsLimitSays() {
        assertThat(run("bad", "echo no; exit 3").getReason()).isEqualTo("BackoffLimitExceeded");
        assertThat(pods("job-name", "bad")).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getStatus().getPhase()).isEqualTo("Failed");
            assertThat(Serialization.asJson(pod.getStatus())).contains("\"message\":\"no\\n\"");
        });
    }

    @Test
    void anExitCodeMayFailAJobAtOnce() {
        assertThat(run("final", "exit 7").getReason()).isEqualTo("PodFailurePolicy");
        assertThat(pods("job-name", "final")).hasSize(1);
    }
}
