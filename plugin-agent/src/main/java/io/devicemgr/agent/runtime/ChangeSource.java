package io.devicemgr.agent.runtime;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says when the world may have changed at one of the places that a subscriber has named: directories for
 * {@link DirectoryWatch}, kernel subsystems for {@link Uevents}. Where events cannot be had it says so every few seconds.
 *
 * @param <P> what a place is
 */
public interface ChangeSource<P> extends AutoCloseable {
    /** Runs {@code changed} on the source's own thread whenever one of the subscription's places may have changed. */
    Subscription<P> subscribe(Runnable changed);

    /** Starts the thread that tells subscribers. Places may be named before; what happens in between is told then. */
    void start();

    /** Whether changes are noticed when they happen, and not only at the next slow look. True while nobody needs the source. */
    boolean eventDriven();

    /** Runs the listener on the source's own thread whenever {@link #eventDriven()} may have changed. */
    void onModeChange(Runnable listener);

    /** What is wrong with the thread, or nothing. */
    Optional<String> trouble();

    /** Ends the thread. Nobody is told anything any more. */
    @Override
    void close();

    /** Whether all of them are event-driven: what the report's watchMode says. */
    static boolean allEventDriven(ChangeSource<?>... sources) {
        return Stream.of(sources).allMatch(ChangeSource::eventDriven);
    }

    /** The places of one subscriber. */
    interface Subscription<P> extends AutoCloseable {
        /**
         * Names the places, in the stead of those named before. None means that nothing is told.
         *
         * @return whether something is watched now that was not before: then look again, it may have changed in between
         */
        boolean watch(Set<P> places);

        /** Ends the subscription. */
        @Override
        void close();
    }
}
