package io.devicemgr.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory;
import io.devicemgr.agent.health.ProbeSchedule.Step;
import io.devicemgr.agent.health.ProbeSchedule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Time is a number here. */
class ProbeScheduleTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Outcome BROKEN = Outcome.failed(Reason.OPEN_FAILED, "broken");

    private final Deque<Run> started = new ArrayDeque<>();
    private final Map<DeviceId, Health> told = new HashMap<>();
    private Inventory inventory = Probed.inventory();
    private long now;

    private ProbeSchedule schedule = new ProbeSchedule(List.of(Probed.plan(new Thresholds(1, 1), FakeProbe.passing())));

    @Test
    void whatIsNewIsProbedAtOnceAndThenOnceAPeriod() {
        plug(Probed.device(1));
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
        assertThat(schedule.nextWake()).isBetween(5 * SECOND, 15 * SECOND);
        long second = schedule.nextWake();
        go(second - 1);
        assertThat(started).isEmpty();
        for (int i = 0; i < 5; i++) {
            go(second + i * 10 * SECOND);
            assertThat(started).hasSize(1);
            end(Outcome.passed());
        }
    }

    @Test
    void everyUnhealthyDeviceBecomesHealthyAgain() {
        plug(Probed.device(1));
        for (Outcome failure : failures()) {
            end(failure);
            assertThat(health(1).reason()).isEqualTo(failure.failure());
            nextRun();
            end(Outcome.passed());
            assertThat(health(1).isHealthy()).isTrue();
            nextRun();
        }
        go(now + 3 * SECOND);
        assertThat(health(1).reason()).isEqualTo(Reason.PROBE_TIMED_OUT);
        end(BROKEN);
        nextRun();
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
    }

    @Test
    void allProbesMustPassAndTheFirstFailureCounts() {
        Probe probe = FakeProbe.passing();
        schedule = new ProbeSchedule(List.of(Probed.plan(new Thresholds(1, 1), probe, FakeProbe.passing())));
        plug(Probed.device(1));
        end(Outcome.passed());
        assertThat(told).isEmpty();
        end(BROKEN);
        assertThat(health(1).reason()).isEqualTo(Reason.OPEN_FAILED);
        nextRun();
        assertThat(started.peek().probe()).isSameAs(probe);
        end(Outcome.passed());
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
    }

    @Test
    void aThousandDevicesAreProbedApartFromTheSecondRunOn() {
        plug(IntStream.range(0, 1000).mapToObj(Probed::device).toList());
        int most = 0;
        while (!started.isEmpty()) {
            most = Math.max(most, started.size());
            end(Outcome.passed());
            go(now);
        }
        assertThat(most).isEqualTo(ProbeSchedule.SLOTS);
        assertThat(told)
                .hasSize(1000)
                .allSatisfy((id, health) -> assertThat(health.isHealthy()).isTrue());
        assertThat(schedule.allProbed()).isTrue();
        int[] inSecond = new int[60];
        while (schedule.nextWake() < 60 * SECOND) {
            go(schedule.nextWake());
            while (!started.isEmpty()) {
                inSecond[(int) (now / SECOND)]++;
                end(Outcome.passed());
                go(now);
            }
        }
        assertThat(Arrays.stream(inSecond).max().orElse(0)).isLessThan(150);
        assertThat(Arrays.stream(inSecond).skip(20).limit(10).sum()).isEqualTo(1000);
        assertThat(Arrays.stream(inSecond).skip(15)).allMatch(count -> count > 50);
    }

    @Test
    void probesThatHangTakeNoSlot() {
        plug(IntStream.range(0, 100).mapToObj(Probed::device).toList());
        assertThat(started).hasSize(ProbeSchedule.SLOTS);
        started.clear();
        go(3 * SECOND);
        assertThat(told).hasSize(ProbeSchedule.SLOTS);
        assertThat(told.values()).extracting(Health::reason).containsOnly(Reason.PROBE_TIMED_OUT);
        assertThat(started).hasSize(ProbeSchedule.SLOTS);
        while (!started.isEmpty()) {
            end(Outcome.passed());
            go(now);
        }
        assertThat(told.values().stream().filter(Health::isHealthy)).hasSize(100 - ProbeSchedule.SLOTS);
        assertThat(schedule.allProbed()).isTrue();
    }

    @Test
    void threadsThatHangAreNotWithoutNumber() {
        plug(IntStream.range(0, 1000).mapToObj(Probed::device).toList());
        List<Run> hanging = new ArrayList<>();
        for (int i = 1; i < 100; i++) {
            hanging.addAll(started);
            started.clear();
            go(3 * i * SECOND);
        }
        assertThat(schedule.givenUp()).isEqualTo(ProbeSchedule.MAX_CALLS);
        assertThat(hanging).hasSize(ProbeSchedule.MAX_CALLS);
        schedule.ended(hanging.get(0), BROKEN, now, time());
        go(now);
        assertThat(started).hasSize(1);
    }

    @Test
    void aProbeThatHangsIsNotAskedAgainBeforeItHasReturned() {
        plug(Probed.device(1));
        Run hanging = started.poll();
        go(3 * SECOND);
        Health timedOut = health(1);
        assertThat(timedOut.reason()).isEqualTo(Reason.PROBE_TIMED_OUT);
        go(300 * SECOND);
        assertThat(started).isEmpty();
        assertThat(health(1)).isEqualTo(timedOut);
        schedule.ended(hanging, Outcome.passed(), now, time());
        takeVerdicts();
        assertThat(health(1)).isEqualTo(timedOut);
        assertThat(schedule.nextWake()).isLessThanOrEqualTo(now + 10 * SECOND);
        nextRun();
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
        assertThat(schedule.givenUp()).isZero();
    }

    @Test
    void everyPeriodInWhichAProbeStillHangsIsAnotherFailure() {
        schedule = new ProbeSchedule(List.of(Probed.plan(new Thresholds(3, 1), FakeProbe.passing())));
        plug(Probed.device(1));
        end(Outcome.passed());
        nextRun();
        long hangsSince = now;
        go(hangsSince + 3 * SECOND);
        go(hangsSince + 10 * SECOND);
        assertThat(health(1).isHealthy()).isTrue();
        go(hangsSince + 20 * SECOND);
        assertThat(health(1).reason()).isEqualTo(Reason.PROBE_TIMED_OUT);
    }

    @Test
    void whatIsFoundOutAboutADeviceThatHasGoneIsDropped() {
        Device device = Probed.device(1);
        plug(device);
        plug(Probed.gone(device));
        end(Outcome.passed());
        assertThat(told).isEmpty();
        assertThat(schedule.nextWake()).isEqualTo(Long.MAX_VALUE);
        plug(Probed.device(device.hardware(), Probed.START.plusSeconds(5)));
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
    }

    @Test
    void whatIsFoundOutAboutOtherHardwareUnderTheSameNameIsDropped() {
        plug(Probed.device(1));
        Hardware other = Probed.hardware("/dev/tty1", 77);
        plug(Probed.device(other, Probed.START));
        end(BROKEN);
        assertThat(told).isEmpty();
        assertThat(started).isEmpty();
        go(now);
        assertThat(started.peek().device().hardware()).isEqualTo(other);
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
    }

    @Test
    void aDeviceThatIsBackIsProbedAtOnce() {
        Device device = Probed.device(1);
        plug(device);
        end(Outcome.passed());
        plug(Probed.gone(device));
        assertThat(schedule.nextWake()).isEqualTo(Long.MAX_VALUE);
        plug(Probed.device(device.hardware(), Probed.START.plusSeconds(5)));
        assertThat(schedule.allProbed()).isFalse();
        end(BROKEN);
        assertThat(health(1).reason()).isEqualTo(Reason.OPEN_FAILED);
    }

    @Test
    void aDeviceThatIsBackWhileItsOldProbeHangsIsToldToTimeOut() {
        Device device = Probed.device(1);
        plug(device);
        Run hanging = started.poll();
        plug(Probed.gone(device));
        go(30 * SECOND);
        assertThat(told).isEmpty();
        plug(Probed.device(device.hardware(), Probed.START.plusSeconds(30)));
        assertThat(started).isEmpty();
        assertThat(health(1).reason()).isEqualTo(Reason.PROBE_TIMED_OUT);
        schedule.ended(hanging, BROKEN, now, time());
        go(now);
        end(Outcome.passed());
        assertThat(health(1).isHealthy()).isTrue();
    }

    @Test
    void newNumbersOfADeviceThatGoesOnKeepTheVerdictUntilTheNextOne() {
        Device device = Probed.device(1);
        plug(device);
        end(Outcome.passed());
        Device renumbered =
                Probed.device(Probed.hardware("/dev/tty1", 9), Probed.START).withProbe(health(1));
        told.clear();
        plug(renumbered);
        assertThat(schedule.allProbed()).isTrue();
        end(Outcome.passed());
        assertThat(told).isEmpty();
        nextRun();
        end(BROKEN);
        assertThat(health(1).reason()).isEqualTo(Reason.OPEN_FAILED);
    }

    @Test
    void resourcesWithoutProbesAndDevicesThatAreNotThereAreLeftAlone() {
        schedule = new ProbeSchedule(List.of(
                new ProbePlan(
                        "example.com/other", List.of(FakeProbe.passing()), Duration.ofSeconds(1), new Thresholds(1, 1)),
                Probed.plan(new Thresholds(1, 1))));
        plug(Probed.device(1));
        assertThat(started).isEmpty();
        assertThat(schedule.nextWake()).isEqualTo(Long.MAX_VALUE);
        assertThat(schedule.allProbed()).isTrue();
    }

    @Test
    void nothingIsProbedAllTheTimeBecauseAProbeTakesLongerThanThePeriod() {
        Probe slow = new FakeProbe(Duration.ofSeconds(60), device -> Outcome.passed());
        schedule = new ProbeSchedule(List.of(Probed.plan(new Thresholds(1, 1), slow)));
        plug(Probed.device(1));
        go(35 * SECOND);
        end(Outcome.passed());
        assertThat(schedule.nextWake()).isGreaterThan(35 * SECOND).isLessThanOrEqualTo(45 * SECOND);
    }

    private static List<Outcome> failures() {
        return List.of(
                BROKEN,
                Outcome.failed(Reason.ATTRIBUTE_UNEXPECTED, "a"),
                Outcome.failed(Reason.COMMAND_FAILED, "c"),
                Outcome.failed(Reason.PROBE_TIMED_OUT, "killed"));
    }

    private void plug(Device... devices) {
        plug(Arrays.asList(devices));
    }

    private void plug(List<Device> devices) {
        inventory = Probed.inventory(devices);
        schedule.inventory(inventory, now);
        go(now);
    }

    /** Lets time pass, step by step as the prober does. */
    private void go(long until) {
        while (schedule.nextWake() < until) {
            now = Math.max(now, schedule.nextWake());
            step();
        }
        now = until;
        step();
    }

    private void nextRun() {
        go(schedule.nextWake());
    }

    private void step() {
        Step step = schedule.step(now, time());
        started.addAll(step.starts());
        takeVerdicts();
    }

    private void end(Outcome outcome) {
        started.addAll(schedule.ended(started.remove(), outcome, now, time()));
        takeVerdicts();
    }

    /** As the prober does: the inventory has the verdicts before it is looked at again. */
    private void takeVerdicts() {
        Map<DeviceId, Verdict> verdicts = schedule.takeVerdicts();
        if (verdicts.isEmpty()) {
            return;
        }
        verdicts.forEach((id, verdict) -> told.put(id, verdict.health()));
        inventory = inventory.withEach(device -> {
            Verdict verdict = verdicts.get(device.id());
            return verdict == null ? device : device.withProbe(verdict.health());
        });
        schedule.inventory(inventory, now);
    }

    private Instant time() {
        return Probed.START.plusNanos(now);
    }

    private Health health(int number) {
        return told.get(new DeviceId("tty" + number));
    }
}
