package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProberTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration PERIOD = Duration.ofMillis(50);

    private final InventoryStore store = new InventoryStore();
    private final Map<DeviceId, Outcome> broken = new ConcurrentHashMap<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private Prober prober;

    @AfterEach
    void stop() {
        released.countDown();
        prober.close();
    }

    @Test
    void theFirstRoundGivesEveryDeviceAVerdict() {
        plug(IntStream.range(0, 1000).mapToObj(Probed::device).toList());
        broken.put(new DeviceId("tty7"), Outcome.failed(Reason.OPEN_FAILED, "broken"));
        start(Duration.ofMinutes(1), new FakeProbe(Duration.ofSeconds(10), this::answer));
        assertThat(prober.awaitFirstRound(SOON)).isTrue();
        assertThat(store.current().devices())
                .hasSize(1000)
                .allSatisfy(device -> assertThat(device.health().isHealthy())
                        .isEqualTo(!device.id().value().equals("tty7")));
    }

    @Test
    void everyUnhealthyDeviceBecomesHealthyAgain() {
        plug(Probed.device(1), Probed.device(2));
        start(PERIOD, new FakeProbe(Duration.ofSeconds(10), this::answer));
        for (Reason reason : List.of(
                Reason.OPEN_FAILED, Reason.ATTRIBUTE_UNEXPECTED, Reason.COMMAND_FAILED, Reason.PROBE_TIMED_OUT)) {
            broken.put(new DeviceId("tty1"), Outcome.failed(reason, "broken"));
            awaitReason(1, reason);
            assertThat(device(2).health().reason()).isIn(Reason.PRESENT, Reason.UNPROBED);
            broken.clear();
            awaitReason(1, Reason.PRESENT);
        }
    }

    @Test
    void aProbeThatHangsDelaysNobody() {
        plug(IntStream.range(0, 100).mapToObj(Probed::device).toList());
        start(PERIOD, new FakeProbe(Duration.ofMillis(100), device -> {
            if (number(device) < 40) {
                released.await();
            }
            return answer(device);
        }));
        assertThat(prober.awaitFirstRound(SOON)).isTrue();
        assertThat(store.current().devices())
                .allSatisfy(device -> assertThat(device.health().reason())
                        .isEqualTo(number(device) < 40 ? Reason.PROBE_TIMED_OUT : Reason.PRESENT));
        broken.put(new DeviceId("tty99"), Outcome.failed(Reason.OPEN_FAILED, "broken"));
        awaitReason(99, Reason.OPEN_FAILED);
        released.countDown();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(store.current().devices())
                        .allMatch(device -> device.health().isHealthy() || number(device) == 99));
    }

    @Test
    void waitingForTheFirstRoundHasAnEnd() {
        plug(Probed.device(1));
        start(PERIOD, new FakeProbe(Duration.ofMinutes(1), device -> {
            released.await();
            return Outcome.passed();
        }));
        assertThat(prober.awaitFirstRound(Duration.ofMillis(10))).isFalse();
        assertThat(device(1).health().reason()).isEqualTo(Reason.UNPROBED);
        released.countDown();
        assertThat(prober.awaitFirstRound(SOON)).isTrue();
        assertThat(device(1).health().isHealthy()).isTrue();
    }

    @Test
    void aVerdictAboutADeviceThatWasReplacedMeanwhileIsDropped() {
        plug(Probed.device(1));
        CountDownLatch asked = new CountDownLatch(1);
        start(Duration.ofMinutes(1), new FakeProbe(Duration.ofMinutes(1), device -> {
            if (device.nodes().get(0).number().minor() == 1) {
                asked.countDown();
                released.await();
                return Outcome.failed(Reason.OPEN_FAILED, "the old one is broken");
            }
            return Outcome.passed();
        }));
        await().atMost(SOON).until(() -> asked.getCount() == 0);
        plug(Probed.device(Probed.hardware("/dev/tty1", 2), Probed.START));
        released.countDown();
        awaitReason(1, Reason.PRESENT);
    }

    @Test
    void aProbeThatFailsByItselfIsAFailureOfTheDeviceAndOfNothingElse() {
        plug(Probed.device(1));
        broken.put(new DeviceId("tty1"), Outcome.passed());
        start(PERIOD, new FakeProbe(Duration.ofMinutes(1), device -> {
            if (!broken.isEmpty()) {
                throw new IllegalStateException("a bug");
            }
            return Outcome.passed();
        }));
        awaitReason(1, Reason.OPEN_FAILED);
        assertThat(device(1).health().message()).contains("a bug");
        broken.clear();
        awaitReason(1, Reason.PRESENT);
        assertThat(prober.trouble()).isEmpty();
    }

    @Test
    void withoutProbesThereIsNoThread() {
        plug(Probed.device(1));
        prober = new Prober(List.of(), store, Clock.systemUTC(), new Metrics());
        prober.start();
        assertThat(prober.awaitFirstRound(Duration.ZERO)).isTrue();
        assertThat(threads()).isEmpty();
    }

    @Test
    void workersEndWhenThereIsNothingToDo() {
        plug(IntStream.range(0, 50).mapToObj(Probed::device).toList());
        start(Duration.ofMinutes(10), FakeProbe.passing());
        assertThat(prober.awaitFirstRound(SOON)).isTrue();
        await().atMost(SOON).until(() -> threads().equals(List.of("probes")));
    }

    @Test
    void aVerdictThatSaysTheSameIsNoChange() {
        plug(Probed.device(1));
        broken.put(new DeviceId("tty1"), Outcome.failed(Reason.OPEN_FAILED, "broken"));
        CountDownLatch probed = new CountDownLatch(20);
        start(PERIOD, new FakeProbe(Duration.ofMinutes(1), device -> {
            probed.countDown();
            return Outcome.failed(Reason.COMMAND_FAILED, "at " + System.nanoTime());
        }));
        await().atMost(SOON).until(() -> probed.getCount() == 0);
        assertThat(store.current().version()).isEqualTo(2);
    }

    private void start(Duration period, Probe probe) {
        ProbePlan plan = new ProbePlan(Probed.RESOURCE, List.of(probe), period, new Thresholds(1, 1));
        prober = new Prober(List.of(plan), store, Clock.systemUTC(), new Metrics());
        prober.start();
    }

    private void plug(Device... devices) {
        plug(Arrays.asList(devices));
    }

    private void plug(List<Device> devices) {
        store.update(inventory -> Probed.inventory(devices));
    }

    private Outcome answer(Device device) {
        return broken.getOrDefault(device.id(), Outcome.passed());
    }

    private Device device(int number) {
        return store.current().devices().stream()
                .filter(device -> number(device) == number)
                .findFirst()
                .orElseThrow();
    }

    private static int number(Device device) {
        return Integer.parseInt(device.id().value().substring("tty".length()));
    }

    private void awaitReason(int number, Reason reason) {
        await().atMost(SOON).until(() -> device(number).health().reason() == reason);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("probe"))
                .toList();
    }
}
