package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real inotify. What an answer to exhaustion is stands in {@link DirectoryWatchExhaustionTest}. */
class DirectoryWatchTest {
    @TempDir
    Path directory;

    private final AtomicInteger told = new AtomicInteger();
    private final DirectoryWatch watch = new DirectoryWatch();
    private final DirectoryWatch.Subscription subscription = watch.subscribe(told::incrementAndGet);

    @BeforeEach
    void start() {
        watch.start();
    }

    @AfterEach
    void stop() {
        watch.close();
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void entriesThatComeAndGoAreTold() throws IOException {
        assertThat(subscription.watch(Set.of(directory))).isTrue();
        assertThat(subscription.watch(Set.of(directory))).isFalse();

        Path file = Files.createFile(directory.resolve("a"));
        await().until(() -> told.get() > 0);
        int before = told.get();
        Files.delete(file);
        await().until(() -> told.get() > before);
    }

    @Test
    void writingToAnEntryIsNotTold() throws IOException {
        Path file = Files.createFile(directory.resolve("a"));
        subscription.watch(Set.of(directory));
        Files.writeString(file, "text");
        // Events come in order: once this one was told, the other would have been.
        Files.createFile(directory.resolve("b"));
        await().until(() -> told.get() > 0);
        assertThat(told).hasValue(1);
    }

    @Test
    void aDirectoryWhoseParentsComeLaterIsFoundStepByStep() throws IOException {
        Path later = directory.resolve("x/y/z");
        assertThat(subscription.watch(Set.of(later))).isTrue();
        tells(() -> Files.createDirectory(directory.resolve("x")));
        tells(() -> Files.createDirectory(directory.resolve("x/y")));
        tells(() -> Files.createDirectory(later));
        tells(() -> Files.createFile(later.resolve("a")));
    }

    @Test
    void aDirectoryWhoseParentsComeAllAtOnceIsWatchedAfterTheLook() throws IOException {
        Path later = directory.resolve("x/y/z");
        subscription.watch(Set.of(later));
        tells(() -> Files.createDirectories(later));
        await().until(() -> !subscription.watch(Set.of(later)));
        tells(() -> Files.createFile(later.resolve("a")));
    }

    @Test
    void whatHappensBesideTheWayIsNotTold() throws IOException {
        Path wanted = Files.createDirectory(directory.resolve("d"));
        subscription.watch(Set.of(wanted));
        toldToAnother(directory, directory.resolve("beside"));
        assertThat(told).hasValue(0);
        tells(() -> Files.createFile(wanted.resolve("a")));
    }

    @Test
    void aDirectoryThatWasRemovedAndMadeAgainIsWatchedAgain() throws IOException {
        Path replaced = Files.createDirectory(directory.resolve("d"));
        subscription.watch(Set.of(replaced));
        tells(() -> Files.delete(replaced));
        tells(() -> Files.createDirectory(replaced));
        tells(() -> Files.createFile(replaced.resolve("a")));
    }

    @Test
    void aDirectoryThatWasReplacedByRenamingIsWatchedAgain() throws IOException {
        Path wanted = Files.createDirectory(directory.resolve("d"));
        Path other = Files.createDirectory(directory.resolve("new"));
        Path aside = directory.resolve("old");
        subscription.watch(Set.of(wanted));
        tells(() -> Files.move(wanted, aside));
        tells(() -> Files.move(other, wanted));
        tells(() -> Files.createFile(wanted.resolve("a")));
        // What was moved away matters no more.
        int before = told.get();
        toldToAnother(aside, aside.resolve("b"));
        assertThat(told).hasValue(before);
    }

    @Test
    void aParentThatWasReplacedIsNoticed() throws IOException {
        Path wanted = Files.createDirectories(directory.resolve("p/d"));
        Files.createDirectories(directory.resolve("q/d"));
        subscription.watch(Set.of(wanted));
        tells(() -> Files.move(directory.resolve("p"), directory.resolve("old")));
        tells(() -> Files.move(directory.resolve("q"), directory.resolve("p")));
        tells(() -> Files.createFile(wanted.resolve("a")));
    }

    @Test
    void aDirectoryThatWasReplacedByALinkIsFollowed() throws IOException {
        Path wanted = Files.createDirectory(directory.resolve("d"));
        Path target = Files.createDirectories(directory.resolve("elsewhere/t"));
        subscription.watch(Set.of(wanted));
        tells(() -> Files.delete(wanted));
        tells(() -> Files.createSymbolicLink(wanted, Path.of("elsewhere/../elsewhere/t")));
        tells(() -> Files.createFile(target.resolve("a")));
        tells(() -> Files.move(directory.resolve("elsewhere"), directory.resolve("gone")));
        tells(() -> Files.createDirectories(target));
        await().until(() -> !subscription.watch(Set.of(wanted)));
        tells(() -> Files.createFile(target.resolve("a")));
    }

    @Test
    void aLinkThatLeadsElsewhereNowIsFollowed() throws IOException {
        Path first = Files.createDirectory(directory.resolve("first"));
        Path second = Files.createDirectory(directory.resolve("second"));
        Path link = Files.createSymbolicLink(directory.resolve("d"), first);
        subscription.watch(Set.of(link));
        tells(() -> Files.createFile(first.resolve("a")));
        tells(() -> Files.move(
                Files.createSymbolicLink(directory.resolve("d.new"), second), link, StandardCopyOption.ATOMIC_MOVE));
        tells(() -> Files.createFile(second.resolve("a")));
    }

    @Test
    void aLinkToItselfIsNoDirectoryUntilItIsReplaced() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("d"), Path.of("d"));
        subscription.watch(Set.of(link));
        assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.INOTIFY);
        tells(() -> Files.delete(link));
        tells(() -> Files.createDirectory(link));
        tells(() -> Files.createFile(link.resolve("a")));
    }

    @Test
    void aFileWhereADirectoryIsWantedIsWaitedOut() throws IOException {
        Path wanted = Files.createFile(directory.resolve("d"));
        subscription.watch(Set.of(wanted.resolve("e")));
        tells(() -> Files.delete(wanted));
        tells(() -> Files.createDirectories(wanted.resolve("e")));
    }

    @Test
    void anOverflowIsToldEvenWhereOnlyOneNameMatters() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Path slow = Files.createDirectory(directory.resolve("slow"));
        Path other = Files.createDirectories(directory.resolve("other/d"));
        watch.subscribe(() -> {
                    busy.countDown();
                    await().until(() -> finish.getCount() == 0);
                })
                .watch(Set.of(slow));
        subscription.watch(Set.of(other));
        Files.createFile(slow.resolve("a"));
        await().until(() -> busy.getCount() == 0);
        // The JDK keeps 512 events of a directory.
        for (int i = 0; i < 600; i++) {
            Files.createFile(other.resolveSibling("beside" + i));
        }
        finish.countDown();
        await().until(() -> told.get() > 0);
    }

    @Test
    void whoeverHasLeftIsNotTold() throws IOException {
        AtomicInteger otherTold = new AtomicInteger();
        watch.subscribe(otherTold::incrementAndGet).watch(Set.of(directory));
        subscription.watch(Set.of(directory));
        subscription.close();
        Files.createFile(directory.resolve("a"));
        await().until(() -> otherTold.get() > 0);
        assertThat(told).hasValue(0);
    }

    @Test
    void closingTellsNobodyAnything() throws IOException, InterruptedException {
        AtomicInteger modeChanges = new AtomicInteger();
        AtomicReference<Thread> worker = new AtomicReference<>();
        watch.onModeChange(modeChanges::incrementAndGet);
        watch.subscribe(() -> worker.set(Thread.currentThread())).watch(Set.of(directory));
        subscription.watch(Set.of(directory));
        tells(() -> Files.createFile(directory.resolve("a")));
        await().until(() -> worker.get() != null);
        int before = told.get();
        watch.close();
        worker.get().join(10_000);
        assertThat(worker.get().isAlive()).isFalse();
        assertThat(told).hasValue(before);
        assertThat(modeChanges).hasValue(0);
        assertThat(watch.eventDriven()).isTrue();
    }

    @Test
    void aSubscriberThatFailsHarmsNobodyElse() throws IOException {
        watch.subscribe(() -> {
                    throw new IllegalStateException("broken subscriber");
                })
                .watch(Set.of(directory));
        subscription.watch(Set.of(directory));
        tells(() -> Files.createFile(directory.resolve("a")));
        tells(() -> Files.createFile(directory.resolve("b")));
    }

    /** Makes a file and waits until somebody who came later, and so is told later, was told of it. */
    private void toldToAnother(Path watched, Path file) throws IOException {
        AtomicInteger otherTold = new AtomicInteger();
        watch.subscribe(otherTold::incrementAndGet).watch(Set.of(watched));
        Files.createFile(file);
        await().until(() -> otherTold.get() > 0);
    }

    private interface Change {
        void make() throws IOException;
    }

    private void tells(Change change) throws IOException {
        int before = told.get();
        change.make();
        await().until(() -> told.get() > before);
    }
}
