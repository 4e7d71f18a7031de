package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchTest {
    @TempDir
    Path directory;

    private final AtomicInteger told = new AtomicInteger();

    @Test
    void entriesThatComeAndGoAreTold() throws IOException {
        try (DirectoryWatch watch = new DirectoryWatch()) {
            DirectoryWatch.Subscription subscription = watch.subscribe(told::incrementAndGet);
            assertThat(subscription.watch(Set.of(directory))).isTrue();
            assertThat(subscription.watch(Set.of(directory))).isFalse();
            watch.start();

            Path file = Files.createFile(directory.resolve("a"));
            await().until(() -> told.get() > 0);
            int before = told.get();
            Files.delete(file);
            await().until(() -> told.get() > before);
        }
    }

    @Test
    void writingToAnEntryIsNotTold() throws IOException {
        Path file = Files.createFile(directory.resolve("a"));
        try (DirectoryWatch watch = new DirectoryWatch()) {
            watch.subscribe(told::incrementAndGet).watch(Set.of(directory));
            watch.start();
            Files.writeString(file, "text");
            // Events come in order: once this one was told, the other would have been.
            Files.createFile(directory.resolve("b"));
            await().until(() -> told.get() > 0);
            assertThat(told).hasValue(1);
        }
    }

    @Test
    void aDirectoryThatIsNotThereYetIsFoundThroughItsParent() throws IOException {
        Path later = directory.resolve("x/y");
        try (DirectoryWatch watch = new DirectoryWatch()) {
            DirectoryWatch.Subscription subscription = watch.subscribe(told::incrementAndGet);
            subscription.watch(Set.of(later));
            watch.start();
            Files.createDirectory(directory.resolve("x"));
            await().until(() -> told.get() > 0);
            assertThat(subscription.watch(Set.of(later))).isTrue();
        }
    }

    @Test
    void aDirectoryThatWasReplacedIsWatchedAgain() throws IOException {
        Path replaced = Files.createDirectory(directory.resolve("d"));
        try (DirectoryWatch watch = new DirectoryWatch()) {
            DirectoryWatch.Subscription subscription = watch.subscribe(told::incrementAndGet);
            subscription.watch(Set.of(replaced));
            watch.start();
            Files.delete(replaced);
            await().until(() -> told.get() > 0);
            Files.createDirectory(replaced);
            assertThat(subscription.watch(Set.of(replaced))).isTrue();
            int before = told.get();
            Files.createFile(replaced.resolve("a"));
            await().until(() -> told.get() > before);
        }
    }

    @Test
    void withoutInotifyItLooksEveryFewSecondsUntilInotifyIsBack() {
        AtomicBoolean exhausted = new AtomicBoolean(true);
        AtomicInteger modeChanges = new AtomicInteger();
        DirectoryWatch.Source source = () -> open(exhausted);
        try (DirectoryWatch watch = new DirectoryWatch(source, Duration.ofMillis(20))) {
            watch.onModeChange(modeChanges::incrementAndGet);
            watch.subscribe(told::incrementAndGet).watch(Set.of(directory));
            watch.start();
            assertThat(watch.mode()).isEqualTo(DirectoryWatch.Mode.POLLING);
            await().until(() -> told.get() > 2);

            exhausted.set(false);
            await().until(() -> watch.mode() == DirectoryWatch.Mode.INOTIFY);
            await().until(() -> modeChanges.get() == 1);
            await().until(() -> changeIsTold(directory));
        }
    }

    private boolean changeIsTold(Path place) throws IOException {
        int before = told.get();
        Files.delete(Files.createTempFile(place, "x", ""));
        await().until(() -> told.get() > before);
        return true;
    }

    private static WatchService open(AtomicBoolean exhausted) throws IOException {
        if (exhausted.get()) {
            throw new IOException("User limit of inotify instances reached or too many open files");
        }
        return FileSystems.getDefault().newWatchService();
    }
}
