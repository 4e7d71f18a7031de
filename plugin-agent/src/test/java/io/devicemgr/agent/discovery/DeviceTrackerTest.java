package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.agent.runtime.Uevents;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTrackerTest {
    private static final String RESOURCE = "example.com/serial";

    @TempDir
    Path dev;

    private final InventoryStore store = new InventoryStore();
    private final DirectoryWatch watch = new DirectoryWatch();
    private final Uevents uevents = new Uevents();

    @BeforeEach
    void track() {
        DeviceResource resource = new DeviceResource(
                RESOURCE, List.of(DeviceSelector.path("/dev/serial/by-id/*")), null, null, null, null);
        DeviceScanner scanner = new DeviceScanner(new Roots(dev, Path.of("/sys")), List.of(resource));
        new DeviceTracker(scanner, List.of(resource), store, watch, uevents, Clock.systemUTC()).look();
        watch.start();
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    @Test
    void aDeviceInADirectoryThatComesLaterIsFoundAndLostAndFoundAgain() throws IOException {
        assertThat(store.current().scanned()).isTrue();
        assertThat(store.current().devices()).isEmpty();

        Path directory = Files.createDirectories(dev.resolve("serial/by-id"));
        Path link = Files.createSymbolicLink(directory.resolve("usb-A"), Path.of("/dev/null"));
        await().until(() -> healthy() == 1);
        Files.delete(link);
        await().until(() -> reason() == Reason.MISSING);
        Files.createSymbolicLink(link, Path.of("/dev/zero"));
        await().until(() -> reason() == Reason.REPLACED);
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("/dev/null"));
        await().until(() -> reason() == Reason.PRESENT);
    }

    @Test
    void theTargetOfALinkThatGoesIsNoticed() throws IOException {
        Path directory = Files.createDirectories(dev.resolve("serial/by-id"));
        Path target = Files.createSymbolicLink(dev.resolve("ttyUSB0"), Path.of("/dev/null"));
        Files.createSymbolicLink(directory.resolve("usb-A"), Path.of("../../ttyUSB0"));
        await().until(() -> healthy() == 1);
        Files.delete(target);
        await().until(() -> reason() == Reason.MISSING);
        Files.createSymbolicLink(target, Path.of("/dev/null"));
        await().until(() -> reason() == Reason.PRESENT);
    }

    @Test
    void aTreeThatIsTakenAwayWholeAndPutBackIsNoticed() throws IOException {
        Path directory = Files.createDirectories(dev.resolve("serial/by-id"));
        Files.createSymbolicLink(directory.resolve("usb-A"), Path.of("/dev/null"));
        await().until(() -> healthy() == 1);
        Path aside = dev.resolve("aside");
        Files.move(dev.resolve("serial"), aside);
        await().until(() -> reason() == Reason.MISSING);
        Files.move(aside, dev.resolve("serial"));
        await().until(() -> reason() == Reason.PRESENT);
        Files.createSymbolicLink(directory.resolve("usb-B"), Path.of("/dev/zero"));
        await().until(() -> healthy() == 2);
    }

    private long healthy() {
        return store.current().devices().stream()
                .filter(device -> device.health().isHealthy())
                .count();
    }

    private Reason reason() {
        return store.current().devices().get(0).health().reason();
    }
}
