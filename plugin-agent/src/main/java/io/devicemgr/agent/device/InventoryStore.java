package io.devicemgr.agent.device;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The one mutable cell: the newest inventory. */
public final class InventoryStore {
    private final List<Consumer<Inventory>> listeners = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private volatile Inventory current = Inventory.unknown();
    private volatile long noticedNanos = System.nanoTime();

    public Inventory current() {
        return current;
    }

    /** When the change that led to the current inventory was noticed, from {@link System#nanoTime()}. */
    public long noticedNanos() {
        return noticedNanos;
    }

    /** As {@link #update(long, UnaryOperator)} for a change that is noticed now. */
    public Inventory update(UnaryOperator<Inventory> change) {
        return update(System.nanoTime(), change);
    }

    /**
     * Replaces the inventory by a newer one; one that says the same is dropped, unless it is the first.
     *
     * @param nanos when the change was noticed, from {@link System#nanoTime()}
     * @return the inventory that is current now
     */
    public Inventory update(long nanos, UnaryOperator<Inventory> change) {
        Inventory next;
        synchronized (lock) {
            Inventory before = current;
            Inventory changed = change.apply(before);
            if (before.scanned() && changed.sameAs(before)) {
                return before;
            }
            next = new Inventory(before.version() + 1, changed.devices(), changed.unmatched(), changed.conflicts());
            noticedNanos = nanos;
            current = next;
        }
        // Outside the lock: a listener may be slow, and may see a newer inventory than the one it is called for.
        listeners.forEach(listener -> listener.accept(next));
        return next;
    }

    /** Calls the listener on the updating thread after each change, until the handle is closed. It must read {@link #current()}. */
    public Registration onChange(Consumer<Inventory> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Handle of a listener. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
