package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.runtime.UeventSource.Datagram;
import io.devicemgr.agent.runtime.UeventSource.Received;
import io.devicemgr.agent.runtime.UeventSource.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Against the real kernel, which repeats the event of a device when root asks for it. */
class UeventSocketTest {
    private static final Path NULL_DEVICE = Path.of("/sys/class/mem/null/uevent");
    private static final int ENOUGH_MILLIS = 10_000;

    @Test
    void theKernelsEventArrivesWithItsSender() throws IOException {
        assumeRoot();
        try (UeventSocket socket = open()) {
            trigger();
            Uevent event = next(socket, "mem");
            assertThat(event.action()).isEqualTo("change");
            assertThat(event.devpath()).isEqualTo("/devices/virtual/mem/null");
            assertThat(event.properties())
                    .containsEntry("DEVNAME", "null")
                    .containsEntry("MAJOR", "1")
                    .containsEntry("MINOR", "3")
                    .containsKey("SEQNUM");
        }
    }

    @Test
    void moreEventsThanFitAreAnOverflow() throws IOException {
        assumeRoot();
        try (UeventSocket socket = open()) {
            int limit = 20_000;
            Received received = Signal.NOTHING;
            for (int i = 0; i < limit; i++) {
                trigger();
            }
            while (received != Signal.OVERFLOW) {
                received = socket.receive(0);
                assertThat(received).isNotEqualTo(Signal.NOTHING);
            }
        }
    }

    @Test
    void wakingEndsAWaitOnceAndDoesNoHarmAfterTheEnd() throws IOException {
        UeventSocket socket = open();
        socket.wake();
        assertThat(socket.receive(-1)).isEqualTo(Signal.NOTHING);
        socket.close();
        socket.wake();
    }

    @Test
    void aChangeInTheKernelReachesTheSubscriber() throws IOException {
        assumeRoot();
        open().close();
        AtomicInteger told = new AtomicInteger();
        try (Uevents uevents = new Uevents()) {
            assertThat(uevents.subscribe(told::incrementAndGet).watch(Set.of("mem")))
                    .isTrue();
            uevents.start();
            trigger();
            await().until(() -> told.get() > 0);
        }
    }

    private static Uevent next(UeventSocket socket, String subsystem) throws IOException {
        while (true) {
            Received received = socket.receive(ENOUGH_MILLIS);
            assertThat(received).isInstanceOf(Datagram.class);
            Datagram datagram = (Datagram) received;
            assertThat(datagram.sender()).isZero();
            Uevent event = Uevent.parse(datagram.bytes()).orElseThrow();
            if (event.subsystem().equals(subsystem)) {
                return event;
            }
        }
    }

    /** Container sandboxes may forbid the socket, or be deaf: that is what the slow look is for. */
    private static UeventSocket open() {
        try {
            return UeventSocket.open();
        } catch (IOException e) {
            assumeThat(e).as("uevents cannot be heard here").isNull();
            throw new AssertionError(e);
        }
    }

    private static void assumeRoot() {
        assumeThat(NULL_DEVICE).isWritable();
    }

    private static void trigger() throws IOException {
        Files.writeString(NULL_DEVICE, "change");
    }
}
