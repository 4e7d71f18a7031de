package io.devicemgr.agent.runtime;

import java.io.IOException;

/** Where {@link Uevents} hears of events. */
public interface UeventSource {
    /** Starts to listen, or fails when that cannot be had here. */
    Connection open() throws IOException;

    /** One open ear. */
    interface Connection extends AutoCloseable {
        /**
         * Waits for the next message, on one thread at a time.
         *
         * @param patienceMillis how long at most; -1 is without limit
         */
        Received receive(int patienceMillis) throws IOException;

        /** Makes a wait end with {@link Signal#NOTHING}. On any thread, and without harm after {@link #close()}. */
        void wake();

        @Override
        void close();
    }

    /** What a wait has brought. */
    sealed interface Received permits Datagram, Signal {}

    /**
     * A message.
     *
     * @param sender netlink port of the sender; 0 is the kernel
     */
    record Datagram(int sender, byte[] bytes) implements Received {}

    /** What is not a message. */
    enum Signal implements Received {
        NOTHING,
        /** Messages were lost. */
        OVERFLOW
    }
}
