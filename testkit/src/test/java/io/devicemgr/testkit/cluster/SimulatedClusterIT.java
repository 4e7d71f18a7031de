package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DaemonSets become processes of this machine, and are looked after as a cluster would. */
class SimulatedClusterIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String DAEMON_SET = """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: shell, namespace: device-plugin-operator}
            spec:
              selector: {matchLabels: {app: shell}}
              updateStrategy: {type: OnDelete}
              template:
                metadata: {labels: {app: shell}}
                spec:
                  nodeSelector: {disk: fast}
                  terminationGracePeriodSeconds: 5
                  containers:
                  - name: main
                    image: shell
                    args: ["/config/script"]
                    env:
                    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                    - {name: OUT, value: /out/seen}
                    - {name: TOKEN, value: /var/run/secrets/kubernetes.io/serviceaccount/token}
                    volumeMounts:
                    - {name: config, mountPath: /config}
                    - {name: out, mountPath: /out}
                  volumes:
                  - {name: config, configMap: {name: script}}
                  - {name: out, hostPath: {path: /var/out, type: DirectoryOrCreate}}
            """;
    private static final String CONFIG_MAP = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: script, namespace: device-plugin-operator}
            data:
              script: |
                echo "$NODE $(cut -c 1-3 $TOKEN)" > $OUT
                exec sleep 600
            """;

    private SimulatedCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = SimulatedCluster.start(Duration.ofSeconds(1));
        cluster.images().add("shell", new Image(List.of("/bin/sh"), Map.of()));
        cluster.addNode("fast-1", Map.of("disk", "fast"));
        cluster.addNode("slow-1", Map.of("disk", "slow"));
        cluster.apiServer().applyYaml(CONFIG_MAP + "---\n" + DAEMON_SET);
    }

    @AfterEach
    void stop() {
        cluster.close();
        assertThat(cluster.directory()).doesNotExist();
    }

    private List<Pod> pods() {
        return cluster.client()
                .pods()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .list()
                .getItems();
    }

    private Pod readyPod() {
        return await().atMost(LIMIT)
                .until(
                        this::pods,
                        pods -> pods.size() == 1
                                && pods.get(0).getStatus() != null
                                && pods.get(0).getStatus().getContainerStatuses().stream()
                                        .anyMatch(status -> status.getReady()))
                .get(0);
    }

    private long process(Pod pod) {
        return cluster.node("fast-1")
                .processId(SimulatedCluster.NAMESPACE, pod.getMetadata().getName(), "main")
                .orElse(-1L);
    }

    @Test
    void selectedNodesRunTheTemplateWithItsVolumesAndEnvironment() {
        Pod pod = readyPod();
        assertThat(pod.getSpec().getNodeName()).isEqualTo("fast-1");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(cluster.directory().resolve("fast-1/var/out/seen"))
                        .hasContent("fast-1 sa-"));
        await().atMost(LIMIT).until(() -> daemonSet().getStatus().getNumberReady() == 1);
    }

    private DaemonSet daemonSet() {
        return cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(SimulatedCluster.NAMESPACE)
                .withName("shell")
                .get();
    }

    @Test
    void aProcessThatDiesIsStartedAgainInTheSamePod() {
        Pod pod = readyPod();
        long first = process(pod);
        cluster.node("fast-1")
                .kill(SimulatedCluster.NAMESPACE, pod.getMetadata().getName(), "main");
        await().atMost(LIMIT).until(() -> process(pod) > 0 && process(pod) != first);
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(readyPod()
                                .getStatus()
                                .getContainerStatuses()
                                .get(0)
                                .getRestartCount())
                        .isEqualTo(1));
    }

    @Test
    void aChangedTemplateReachesNoPodBeforeThePodIsDeleted() {
        Pod pod = readyPod();
        cluster.apiServer().applyYaml(DAEMON_SET.replace("{app: shell}}\n    spec", "{app: shell, v: two}}\n    spec"));
        await().atMost(LIMIT).until(() -> daemonSet().getStatus().getUpdatedNumberScheduled() == 0);
        assertThat(readyPod().getMetadata().getUid())
                .isEqualTo(pod.getMetadata().getUid());
        cluster.client().resource(pod).delete();
        await().atMost(LIMIT).until(() -> daemonSet().getStatus().getUpdatedNumberScheduled() == 1);
        assertThat(readyPod().getMetadata().getLabels()).containsEntry("v", "two");
    }

    @Test
    void aDeletedDaemonSetTakesItsProcessesWithIt() {
        long process = process(readyPod());
        assertThat(ProcessHandle.of(process)).isPresent();
        cluster.client().resource(daemonSet()).delete();
        await().atMost(LIMIT).until(() -> pods().isEmpty());
        assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void anUnknownImageIsBackedOffFrom() {
        readyPod();
        cluster.client()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("lost")
                        .withNamespace("default")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("nowhere")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(cluster.client()
                                .pods()
                                .inNamespace("default")
                                .withName("lost")
                                .get()
                                .getStatus()
                                .getContainerStatuses())
                        .anySatisfy(status -> assertThat(
                                        status.getState().getWaiting().getReason())
                                .isEqualTo("ImagePullBackOff")));
        assertThat(Files.exists(cluster.directory().resolve("fast-1/pods/lost/main.log")))
                .isFalse();
    }
}
