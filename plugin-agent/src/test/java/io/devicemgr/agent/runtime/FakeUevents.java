package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A kernel whose events the test makes up. */
final class FakeUevents implements UeventSource {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger received = new AtomicInteger();
    volatile boolean deaf;
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    /** The kernel's event. */
    void add(String subsystem) {
        send(0, subsystem);
    }

    /** Somebody's. */
    void send(int sender, String subsystem) {
        String text = "add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=" + subsystem + "\0SEQNUM=1\0";
        queue.add(new Datagram(sender, text.getBytes(StandardCharsets.UTF_8)));
    }

    void overflow() {
        queue.add(Signal.OVERFLOW);
    }

    void fail() {
        queue.add(new IOException("broken"));
    }

    @Override
    public Connection open() throws IOException {
        if (deaf) {
            throw new IOException("socket: Operation not permitted (errno 1)");
        }
        opened.incrementAndGet();
        return new FakeConnection();
    }

    private final class FakeConnection implements Connection {
        @Override
        public Received receive(int patienceMillis) throws IOException {
            Object next = next(patienceMillis);
            if (next instanceof IOException failure) {
                throw failure;
            }
            if (next instanceof Received message && message != Signal.NOTHING) {
                received.incrementAndGet();
                return message;
            }
            return Signal.NOTHING;
        }

        private Object next(int patienceMillis) {
            try {
                return patienceMillis < 0 ? queue.take() : queue.poll(patienceMillis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void wake() {
            queue.add(Signal.NOTHING);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
