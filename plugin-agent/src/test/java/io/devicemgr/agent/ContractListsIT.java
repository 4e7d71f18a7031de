package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.kubelet.RawKubelet;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.ReceivedList;
import io.devicemgr.testkit.kubelet.ViolationKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Group D of docs/kubelet-contract.md: ListAndWatch. What the lists contain is judged by the simulated kubelet at every list. */
@Execution(ExecutionMode.CONCURRENT)
class ContractListsIT extends AgentScenario {
    private static final long SECOND = 1_000_000_000L;

    /** Rules 39 and 46: also without any device, for which the kubelet would not know the resource otherwise. */
    @Test
    void theFirstListMayBeEmpty() throws IOException {
        scene.unplug("ttyUSB0");
        serveWithoutSerial();
        assertThat(scene.kubelet().devices(SERIAL))
                .get()
                .extracting(ReceivedList::devices)
                .isEqualTo(List.of());
    }

    /** Rules 40 and 41. */
    @Test
    void everyListIsTheFullListOnOneStreamThatStaysOpen() throws IOException {
        serve();
        scene.plug("ttyUSB1", "zero");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Healthy"));
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        scene.plug("ttyUSB2", "random");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy", "ttyUSB2", "Healthy"));
        assertThat(scene.kubelet().openStreams(SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
    }

    /** Rules 44, 61 and 83: a device keeps its id when the agent is replaced, and a pod its device. */
    @Test
    void theNextAgentListsTheSameIdsAfterAPause() throws IOException {
        serve();
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 1);
        scene.kubelet().admit(pod).containers();
        Map<String, String> before = scene.listed(SERIAL);
        scene.stopAgent();
        scene.startAgent();
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        assertThat(scene.listed(SERIAL)).isEqualTo(before);
        scene.kubelet().restart();
        scene.awaitAllocatable(SERIAL, 1);
        assertThat(scene.kubelet()
                        .readmitPods()
                        .get(pod.uid())
                        .containers()
                        .get("main")
                        .ids(SERIAL))
                .isEqualTo(before.keySet());
    }

    /** Rule 45. */
    @Test
    void idsOfTwoResourcesDiffer() throws IOException {
        serve();
        assertThat(scene.listed(SERIAL).keySet())
                .doesNotContainAnyElementsOf(scene.listed(CAMERA).keySet());
        assertThat(scene.kubelet().warnings())
                .noneMatch(warning -> warning.kind() == ViolationKind.ID_SHARED_BETWEEN_RESOURCES);
    }

    /** Rules 48, 49 and 99e. */
    @Test
    void aDeviceThatAPodHoldsIsUnhealthyWhenItGoesAndNeverUnlisted() throws IOException {
        serve();
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 1);
        scene.kubelet().admit(pod).containers();
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy"));
        assertThat(scene.kubelet().deviceHealth(pod, "main", SERIAL)).containsEntry("ttyUSB0", "Unhealthy");
        scene.plug("ttyUSB0", "null");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy"));
    }

    /** Rule 50: a burst of five, then one a second, the newest in the end. */
    @Test
    void manyChangesMakeFewLists() throws IOException {
        serve();
        AtomicInteger lists = new AtomicInteger();
        scene.kubelet().onList((resource, devices, nanos) -> lists.incrementAndGet());
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            scene.unplug("ttyUSB0");
            scene.plug("ttyUSB0", "null");
        }
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy"));
        long seconds = (System.nanoTime() - begin) / SECOND + 1;
        assertThat(lists.get()).isLessThanOrEqualTo((int) (5 + seconds));
    }

    /** Rule 50: nothing is sent again when nothing has changed. */
    @Test
    void withoutAChangeThereIsNoList() throws IOException {
        serve();
        AtomicInteger lists = new AtomicInteger();
        scene.kubelet().onList((resource, devices, nanos) -> lists.incrementAndGet());
        await().during(Duration.ofSeconds(2)).atMost(LIMIT).until(() -> lists.get() == 0);
    }

    /** Rule 53; and the end of any stream may have taken the resource down (rule 25), so it is registered again. */
    @Test
    void everyOpenStreamGetsEveryList() throws IOException {
        serve();
        try (RawKubelet second = new RawKubelet(scene.pluginSocket(SERIAL))) {
            Queue<Map<String, String>> lists = second.listAndWatch();
            await().atMost(LIMIT).until(() -> lists.contains(Map.of("ttyUSB0", "Healthy")));
            scene.unplug("ttyUSB0");
            await().atMost(LIMIT).until(() -> lists.contains(Map.of("ttyUSB0", "Unhealthy")));
            scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy"));
        }
        scene.plug("ttyUSB0", "null");
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 1);
    }

    private void serveWithoutSerial() throws IOException {
        scene.kubelet().start();
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 0);
        scene.awaitAllocatable(CAMERA, 1);
    }
}
