package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UeventsTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(20);

    private final FakeUevents kernel = new FakeUevents();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger otherTold = new AtomicInteger();
    private final AtomicInteger modeChanges = new AtomicInteger();
    private Uevents uevents;

    @AfterEach
    void close() {
        uevents.close();
    }

    @Test
    void onlyWhoeverAskedForTheSubsystemIsTold() {
        start(SOON, NEVER);
        assertThat(uevents.subscribe(told::incrementAndGet).watch(Set.of("usb", "tty")))
                .isTrue();
        uevents.subscribe(otherTold::incrementAndGet).watch(Set.of("pci"));
        kernel.add("net");
        kernel.add("tty");
        await().until(() -> told.get() == 1);
        kernel.add("pci");
        await().until(() -> otherTold.get() == 1);
        assertThat(told).hasValue(1);
        assertThat(uevents.mode()).isEqualTo(Uevents.Mode.UEVENTS);
    }

    @Test
    void whatSomebodyElseThanTheKernelSendsIsIgnored() {
        start(SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        uevents.subscribe(otherTold::incrementAndGet).watch(Set.of("pci"));
        kernel.send(4711, "usb");
        kernel.add("pci");
        await().until(() -> otherTold.get() == 1);
        assertThat(told).hasValue(0);
    }

    @Test
    void theFirstEventOfABurstIsToldAtOnceAndTheRestTogether() {
        start(NEVER, NEVER);
        CountDownLatch firstTold = new CountDownLatch(1);
        uevents.subscribe(() -> {
                    told.incrementAndGet();
                    firstTold.countDown();
                })
                .watch(Set.of("usb"));
        kernel.add("usb");
        await().until(() -> firstTold.getCount() == 0);
        for (int i = 0; i < 1000; i++) {
            kernel.add("usb");
        }
        await().until(() -> kernel.received.get() == 1001);
        assertThat(told).hasValue(1);
    }

    @Test
    void theLastEventOfABurstIsFollowedByALook() {
        start(SOON, NEVER);
        AtomicInteger seenAtLook = new AtomicInteger();
        uevents.subscribe(() -> seenAtLook.set(kernel.received.get())).watch(Set.of("usb"));
        for (int i = 0; i < 1000; i++) {
            kernel.add("usb");
        }
        await().until(() -> seenAtLook.get() == 1000);
    }

    @Test
    void eventsDuringASlowLookMakeOneMore() {
        start(Duration.ofNanos(1), NEVER);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        uevents.subscribe(() -> {
                    told.incrementAndGet();
                    busy.countDown();
                    await().until(() -> finish.getCount() == 0);
                })
                .watch(Set.of("usb"));
        uevents.subscribe(otherTold::incrementAndGet).watch(Set.of("pci"));
        kernel.add("usb");
        await().until(() -> busy.getCount() == 0);
        for (int i = 0; i < 500; i++) {
            kernel.add("usb");
        }
        finish.countDown();
        await().until(() -> kernel.received.get() == 501);
        kernel.add("pci");
        await().until(() -> otherTold.get() == 1);
        assertThat(told).hasValue(2);
    }

    @Test
    void afterAnOverflowEverybodyLooksAgain() {
        start(SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        uevents.subscribe(otherTold::incrementAndGet).watch(Set.of("pci"));
        kernel.overflow();
        await().until(() -> told.get() == 1 && otherTold.get() == 1);
    }

    @Test
    void whenTheKernelCannotBeHeardItLooksEveryFewSecondsUntilItCan() {
        kernel.deaf = true;
        start(Duration.ofNanos(1), SOON);
        ChangeSource.Subscription<String> subscription = uevents.subscribe(told::incrementAndGet);
        assertThat(subscription.watch(Set.of("usb"))).isFalse();
        await().until(() -> told.get() > 2);
        assertThat(uevents.mode()).isEqualTo(Uevents.Mode.SCANNING);
        assertThat(uevents.eventDriven()).isFalse();
        await().until(() -> modeChanges.get() == 1);

        kernel.deaf = false;
        await().until(() -> modeChanges.get() == 2);
        assertThat(uevents.mode()).isEqualTo(Uevents.Mode.UEVENTS);
        int before = told.get();
        kernel.add("usb");
        await().until(() -> told.get() > before);
    }

    @Test
    void thatTheKernelCannotBeHeardIsToldAtOnce() {
        kernel.deaf = true;
        start(SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        await().until(() -> modeChanges.get() == 1);
        assertThat(told).hasValue(0);
    }

    @Test
    void aLookFollowsTheReturnToEvents() {
        AtomicInteger openedAtLook = new AtomicInteger();
        start(Duration.ofNanos(1), SOON);
        uevents.subscribe(() -> openedAtLook.set(kernel.opened.get())).watch(Set.of("usb"));
        kernel.fail();
        await().until(() -> openedAtLook.get() == 2);
        assertThat(kernel.closed).hasValue(1);
        assertThat(uevents.mode()).isEqualTo(Uevents.Mode.UEVENTS);
    }

    @Test
    void nothingIsOpenedBeforeASubsystemIsNamedAndNothingStaysOpenWhenNoneIsLeft() {
        start(SOON, SOON);
        ChangeSource.Subscription<String> subscription = uevents.subscribe(told::incrementAndGet);
        assertThat(uevents.mode()).isEqualTo(Uevents.Mode.UNUSED);
        assertThat(uevents.eventDriven()).isTrue();
        assertThat(kernel.opened).hasValue(0);

        assertThat(subscription.watch(Set.of("usb"))).isTrue();
        assertThat(subscription.watch(Set.of("usb"))).isFalse();
        assertThat(kernel.opened).hasValue(1);
        subscription.close();
        await().until(() -> kernel.closed.get() == 1);
        await().until(() -> uevents.mode() == Uevents.Mode.UNUSED);

        assertThat(uevents.subscribe(told::incrementAndGet).watch(Set.of("pci")))
                .isTrue();
        kernel.add("pci");
        await().until(() -> told.get() == 1);
    }

    @Test
    void whatHappensBeforeTheStartIsToldThen() {
        uevents = new Uevents(kernel, SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        kernel.add("usb");
        assertThat(told).hasValue(0);
        uevents.start();
        await().until(() -> told.get() == 1);
    }

    @Test
    void closingEndsAWaitWithoutLimit() {
        start(SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        kernel.add("usb");
        await().until(() -> told.get() == 1);
        uevents.close();
        await().until(() -> kernel.closed.get() == 1);
        assertThat(uevents.trouble()).isEmpty();
    }

    @Test
    void closingBeforeTheStartLeavesNothingOpen() {
        uevents = new Uevents(kernel, SOON, NEVER);
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        uevents.close();
        uevents.start();
        assertThat(kernel.closed).hasValue(1);
    }

    @Test
    void aSubscriberThatFailsHarmsNobodyElse() {
        start(SOON, NEVER);
        uevents.subscribe(() -> {
                    throw new IllegalStateException("broken subscriber");
                })
                .watch(Set.of("usb"));
        uevents.subscribe(told::incrementAndGet).watch(Set.of("usb"));
        kernel.add("usb");
        await().until(() -> told.get() == 1);
        kernel.add("usb");
        await().until(() -> told.get() == 2);
        assertThat(uevents.trouble()).isEmpty();
    }

    private void start(Duration window, Duration scanInterval) {
        uevents = new Uevents(kernel, window, scanInterval);
        uevents.onModeChange(() -> {
            if (uevents.mode() != Uevents.Mode.UNUSED) {
                modeChanges.incrementAndGet();
            }
        });
        uevents.start();
    }
}
