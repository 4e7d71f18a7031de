package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A system that has no inotify instances, or no watches, left. */
class DirectoryWatchExhaustionTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final Limits limits = new Limits();
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger modeChanges = new AtomicInteger();
    private DirectoryWatch watch;

    @AfterEach
    void stop() {
        watch.close();
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void withoutInstancesItLooksEveryFewSecondsUntilThereAreSome() {
        limits.noInstances.set(true);
        begin(SOON).watch(Set.of(directory));
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.POLLING);
        assertThat(watch.eventDriven()).isFalse();
        await().until(() -> told.get() > 2);

        limits.noInstances.set(false);
        await().until(() -> watch.mode() == DirectoryWatch.Mode.INOTIFY);
        await().until(() -> modeChanges.get() == 1);
        assertThat(watch.eventDriven()).isTrue();
        await().until(this::changeIsTold);
    }

    @Test
    void withoutWatchesForOneMoreDirectoryEverybodyIsServedByLooking() {
        AtomicInteger otherTold = new AtomicInteger();
        DirectoryWatch.Subscription subscription = begin(SOON);
        watch.subscribe(otherTold::incrementAndGet).watch(Set.of(directory));
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.INOTIFY);

        limits.noWatches.set(true);
        assertThat(subscription.watch(Set.of(directory))).isFalse();
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.POLLING);
        await().until(() -> told.get() > 2 && otherTold.get() > 2);
        await().until(() -> modeChanges.get() == 1);

        limits.noWatches.set(false);
        await().until(() -> watch.mode() == DirectoryWatch.Mode.INOTIFY);
        await().until(() -> modeChanges.get() == 2);
        await().until(this::changeIsTold);
    }

    @Test
    void aChangeOfModeBeforeTheStartIsToldThen() {
        watch = new DirectoryWatch(limits, NEVER);
        watch.onModeChange(modeChanges::incrementAndGet);
        limits.noWatches.set(true);
        watch.subscribe(told::incrementAndGet).watch(Set.of(directory));
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.POLLING);
        watch.start();
        await().until(() -> modeChanges.get() == 1);
    }

    @Test
    void withoutWatchesForTheWayToAReplacedDirectoryEverybodyLooks() throws IOException {
        Path wanted = Files.createDirectory(directory.resolve("d"));
        begin(NEVER).watch(Set.of(wanted));
        limits.noWatches.set(true);
        Files.delete(wanted);
        await().until(() -> told.get() > 0);
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.POLLING);
    }

    @Test
    void everybodyLooksOnceMoreAfterTheReturnBecauseSomethingMayHaveHappenedBefore() {
        limits.noInstances.set(true);
        watch = new DirectoryWatch(limits, SOON);
        AtomicInteger toldUnderWatch = new AtomicInteger();
        watch.subscribe(() -> {
                    if (watch.mode() == DirectoryWatch.Mode.INOTIFY) {
                        toldUnderWatch.incrementAndGet();
                    }
                })
                .watch(Set.of(directory));
        watch.start();
        limits.noInstances.set(false);
        await().until(() -> toldUnderWatch.get() == 1);
    }

    @Test
    void noInstanceIsLeftBehindByFailedAttempts() throws IOException {
        limits.noWatches.set(true);
        begin(SOON).watch(Set.of(directory));
        await().until(() -> limits.opened.size() > 3);
        limits.noWatches.set(false);
        await().until(() -> watch.mode() == DirectoryWatch.Mode.INOTIFY);
        WatchService last = limits.opened.get(limits.opened.size() - 1);
        assertThat(limits.opened).allMatch(each -> each == last || isClosed(each));
        assertThat(isClosed(last)).isFalse();
        watch.close();
        assertThat(isClosed(last)).isTrue();
    }

    private static boolean isClosed(WatchService service) {
        try {
            service.poll();
            return false;
        } catch (ClosedWatchServiceException e) {
            return true;
        }
    }

    private boolean changeIsTold() throws IOException {
        int before = told.get();
        Files.delete(Files.createTempFile(directory, "x", ""));
        await().until(() -> told.get() > before);
        return true;
    }

    private DirectoryWatch.Subscription begin(Duration pollInterval) {
        watch = new DirectoryWatch(limits, pollInterval);
        watch.onModeChange(modeChanges::incrementAndGet);
        DirectoryWatch.Subscription subscription = watch.subscribe(told::incrementAndGet);
        watch.start();
        return subscription;
    }

    /** The real inotify, while the test lets it. */
    private static final class Limits implements DirectoryWatch.Source {
        private final AtomicBoolean noInstances = new AtomicBoolean();
        private final AtomicBoolean noWatches = new AtomicBoolean();
        private final List<WatchService> opened = new CopyOnWriteArrayList<>();

        @Override
        public WatchService open() throws IOException {
            if (noInstances.get()) {
                throw new IOException("User limit of inotify instances reached or too many open files");
            }
            WatchService service = FileSystems.getDefault().newWatchService();
            opened.add(service);
            return service;
        }

        @Override
        public WatchKey register(WatchService service, Path directory) throws IOException {
            if (noWatches.get()) {
                throw new IOException("User limit of inotify watches reached");
            }
            return DirectoryWatch.Source.super.register(service, directory);
        }
    }
}
