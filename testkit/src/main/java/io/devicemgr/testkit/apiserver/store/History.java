package io.devicemgr.testkit.apiserver.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The latest events of one resource, for watchers that resume. Used under the store's lock only. */
final class History {
    private final Deque<WatchEvent> events = new ArrayDeque<>();
    private final int capacity;
    private long forgottenUpTo;

    History(int capacity) {
        this.capacity = capacity;
    }

    void add(WatchEvent event) {
        events.addLast(event);
        if (events.size() > capacity) {
            forgottenUpTo = events.removeFirst().revision();
        }
    }

    void forgetUpTo(long revision) {
        events.removeIf(e -> e.revision() <= revision);
        forgottenUpTo = Math.max(forgottenUpTo, revision);
    }

    /** Events after this revision cannot all be told any more. */
    boolean isTooOld(long revision) {
        return revision < forgottenUpTo;
    }

    long forgottenUpTo() {
        return forgottenUpTo;
    }

    List<WatchEvent> after(long revision) {
        List<WatchEvent> later = new ArrayList<>();
        for (var it = events.descendingIterator(); it.hasNext(); ) {
            WatchEvent event = it.next();
            if (event.revision() <= revision) {
                break;
            }
            later.add(0, event);
        }
        return later;
    }
}
