package io.devicemgr.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.ChangeSource;
import io.devicemgr.agent.runtime.DirectoryWatch;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotPlugTest {
    private static final String HUB = FakeTree.XHCI + "/usb1";

    @TempDir
    Path directory;

    private final InventoryStore store = new InventoryStore();
    private final DirectoryWatch watch = new DirectoryWatch();
    private final Kernel kernel = new Kernel();
    private FakeTree tree;

    @BeforeEach
    void track() throws IOException {
        tree = new FakeTree(directory).hub(HUB);
        DeviceSelector usb =
                new DeviceSelector(null, new UsbSelector("0403", null, null, List.of("tty")), null, null, null);
        DeviceResource resource = new DeviceResource(FakeTree.RESOURCE, List.of(usb), null, null, null, null);
        new DeviceTracker(
                        new DeviceScanner(tree.roots(), List.of(resource)),
                        List.of(resource),
                        store,
                        watch,
                        kernel,
                        Clock.systemUTC())
                .look();
        watch.start();
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    @Test
    void anAdapterThatIsPluggedInIsFoundByTheKernelsEvent() throws IOException {
        assertThat(store.current().devices()).isEmpty();
        assertThat(kernel.asked).containsExactlyInAnyOrder("usb", "tty");
        tree.ftdi(HUB + "/1-1", "A9", 0, "/dev/null");
        kernel.changed.run();
        assertThat(store.current().devices()).singleElement().satisfies(device -> {
            assertThat(device.id()).isEqualTo(new DeviceId("usb-0403-6001-A9"));
            assertThat(device.health().isHealthy()).isTrue();
        });
    }

    @Test
    void aNodeThatGoesIsNoticedWithoutTheKernelsEvent() throws IOException {
        tree.ftdi(HUB + "/1-1", "A9", 0, "/dev/null");
        kernel.changed.run();
        tree.remove(HUB + "/1-1");
        await().until(() -> !store.current().devices().get(0).health().isHealthy());
        kernel.changed.run();
        assertThat(store.current().devices().get(0).health().reason()).isEqualTo(Reason.MISSING);
        tree.ftdi(HUB + "/1-2", "A9", 0, "/dev/null");
        kernel.changed.run();
        assertThat(store.current().devices())
                .as("in another port, under its id")
                .singleElement()
                .matches(device -> device.health().isHealthy());
    }

    @Test
    void aNodeThatComesIsNoticedWithoutTheKernelsEvent() throws IOException {
        tree.ftdi(HUB + "/1-1", "A9", 0, "/dev/null");
        await().until(() -> store.current().devices().size() == 1);
    }

    @Test
    void anAdapterWithoutItsDriverIsIncompleteAndIsNotReplaced() throws IOException {
        tree.ftdi(HUB + "/1-1", "A9", 0, "/dev/null");
        kernel.changed.run();
        tree.remove(HUB + "/1-1/1-1:1.0/ttyUSB0");
        kernel.changed.run();
        assertThat(store.current().devices().get(0).health().reason()).isEqualTo(Reason.INCOMPLETE);
        assertThat(store.current().devices().get(0).health().message()).contains("has no tty node");
    }

    /** Tells of the kernel's subsystems when the test says so. */
    private static final class Kernel implements ChangeSource<String> {
        private Runnable changed;
        private volatile Set<String> asked = Set.of();

        @Override
        public Subscription<String> subscribe(Runnable listener) {
            changed = listener;
            return new Subscription<>() {
                @Override
                public boolean watch(Set<String> places) {
                    boolean more = !asked.containsAll(places);
                    asked = places;
                    return more;
                }

                @Override
                public void close() {
                    asked = Set.of();
                }
            };
        }

        @Override
        public void start() {}

        @Override
        public boolean eventDriven() {
            return true;
        }

        @Override
        public void onModeChange(Runnable listener) {}

        @Override
        public Optional<String> trouble() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
