package io.devicemgr.testkit.apiserver.control;

import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.Store;
import io.devicemgr.testkit.apiserver.store.Watch;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread on which the controllers of the cluster itself follow all events, one after the other. */
public final class ClusterControllers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterControllers.class);

    private final Watch events;
    private final List<Controller> controllers;
    private final Thread thread;

    /** Reacts to one event; what it writes comes back as further events. */
    interface Controller {
        void onEvent(WatchEvent event);
    }

    public ClusterControllers(Store store, KindRegistry kinds, ResourceVerbs verbs) {
        events = store.watchEverything();
        controllers = List.of(new GarbageCollector(store, kinds, verbs), new ContentCleanup(store, kinds, verbs));
        thread = new Thread(this::run, "api-controllers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!events.isClosed()) {
                Optional<WatchEvent> event = events.next(Duration.ofMinutes(1));
                event.ifPresent(e -> controllers.forEach(c -> handle(c, e)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void handle(Controller controller, WatchEvent event) {
        try {
            controller.onEvent(event);
        } catch (RuntimeException e) {
            LOG.error(
                    "a cluster controller failed on {} {}",
                    event.type(),
                    event.object().name(),
                    e);
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
