package io.devicemgr.operator.leader;

import io.devicemgr.operator.config.LeaseSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one operator of several act. The holder renews its lease every third of the lease's duration and gives up when it has not
 * succeeded for two thirds; the others take it when it has not changed for a whole one, so that nobody acts when the next one
 * begins. A holder that ends in good order leaves the lease free.
 *
 * <p>Not that of the operator SDK: fabric8's elector compares the holder's clock with its own, keeps leading while a request of it
 * hangs, and cannot let go of a lease (docs/controller-flow.md).
 */
public final class LeaderElection implements AutoCloseable {
    /** Name of the lease, in the operator's namespace. */
    public static final String LEASE = "device-plugin-operator";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final LeaseSettings settings;
    private final LeaseStore store;
    private final Runnable elected;
    private final Consumer<String> deposed;
    /** One for the requests, which may hang, and one that notices. */
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(2, task -> {
        Thread thread = new Thread(task, "lease");
        thread.setDaemon(true);
        return thread;
    });

    private final LeaseSight sight = new LeaseSight();
    /** As it was written or read last; null when there is none. */
    private Lease lease;

    private boolean ended;
    private boolean leading;
    private long actsUntil;
    private Optional<String> trouble = Optional.empty();

    private LeaderElection(
            KubernetesClient client,
            String namespace,
            LeaseSettings settings,
            Runnable elected,
            Consumer<String> deposed) {
        this.settings = settings;
        this.store =
                new LeaseStore(client, namespace, LEASE, settings.duration().dividedBy(3));
        this.elected = elected;
        this.deposed = deposed;
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Stands for election.
     *
     * @param elected called once, on a thread of the election that it must not hold
     * @param deposed called at most once, with the reason, when the lease is lost; nothing may be written from then on
     */
    public static LeaderElection start(
            KubernetesClient client,
            String namespace,
            LeaseSettings settings,
            Runnable elected,
            Consumer<String> deposed) {
        LeaderElection election = new LeaderElection(client, namespace, settings, elected, deposed);
        election.threads.execute(election::turn);
        return election;
    }

    /** Whether this operator leads and may write to the API server at this moment. */
    public synchronized boolean leads() {
        return leading && System.nanoTime() - actsUntil < 0;
    }

    /** Who leads, as far as is known. */
    public synchronized Optional<String> leader() {
        return sight.holder();
    }

    /** Why the lease could not be read or written just now, or nothing. */
    public synchronized Optional<String> trouble() {
        return trouble;
    }

    /** Requests are made without the lock, so that whoever asks whether we lead need not wait for them. */
    private void turn() {
        Duration pause = pauseAfterTrouble();
        try {
            pause = campaign();
            settled(Optional.empty());
        } catch (KubernetesClientException e) {
            forget();
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                settled(Optional.of("the lease cannot be had: " + e.getMessage()));
            }
        } catch (RuntimeException e) {
            LOG.error("The election stumbled", e);
            settled(Optional.of("the lease cannot be had: " + e));
        } finally {
            again(pause);
        }
    }

    private Duration campaign() {
        Lease known = known();
        if (known == null || !mine(known)) {
            known = store.get();
            if (!mayTake(known)) {
                return pauseOfStandby();
            }
        }
        long asked = System.nanoTime();
        held(store.hold(known, settings.identity(), settings.duration(), transitions(known)), asked);
        return settings.duration().dividedBy(3);
    }

    private synchronized Lease known() {
        return lease;
    }

    private boolean mine(Lease found) {
        return found.getSpec() != null
                && settings.identity().equals(found.getSpec().getHolderIdentity());
    }

    /** The lease of an earlier life of this pod is ours: Kubernetes starts a container only when the one before has ended. */
    private synchronized boolean mayTake(Lease found) {
        lease = found;
        long now = System.nanoTime();
        sight.see(found, now);
        boolean ours = found != null && mine(found);
        if (leading && !ours) {
            lose("the lease is held by " + sight.holder().orElse("nobody"));
        }
        return !ended && (ours || sight.free(now));
    }

    private synchronized int transitions(Lease found) {
        return found == null ? 0 : sight.transitions() + (mine(found) ? 0 : 1);
    }

    private synchronized void held(Lease written, long asked) {
        lease = written;
        sight.see(written, asked);
        actsUntil = asked + settings.duration().toNanos() * 2 / 3;
        if (ended) {
            return;
        }
        threads.schedule(this::check, actsUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (!leading) {
            leading = true;
            LOG.info("{} leads from now on", settings.identity());
            elected.run();
        }
    }

    /** After every renewal's time: whether there was another one since. */
    private synchronized void check() {
        if (leading && System.nanoTime() - actsUntil >= 0) {
            lose("the lease could not be renewed in time"
                    + trouble.map(why -> ": " + why).orElse(""));
        }
    }

    private synchronized void lose(String why) {
        if (!ended) {
            ended = true;
            leading = false;
            deposed.accept(why);
        }
    }

    private synchronized void settled(Optional<String> why) {
        if (why.isPresent() && trouble.isEmpty()) {
            LOG.warn("{}", why.get());
        }
        trouble = why;
    }

    /** Somebody may have written the lease: it is read again before it is written. */
    private synchronized void forget() {
        lease = null;
    }

    private synchronized void again(Duration pause) {
        if (!ended) {
            threads.schedule(this::turn, pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private Duration pauseOfStandby() {
        return jittered(shorter(LONGEST_PAUSE, settings.duration().dividedBy(3)));
    }

    private Duration pauseAfterTrouble() {
        return jittered(shorter(LONGEST_PAUSE, settings.duration().dividedBy(12)));
    }

    /** Between a half and the whole, so that several do not ask in step. */
    private static Duration jittered(Duration pause) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(pause.toNanos() / 2, pause.toNanos() + 1));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Stops, and leaves the lease free when it was ours. To be called when nothing is written any more. */
    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            threads.shutdown();
        }
        try {
            // A renewal that is under way would make ours the older one.
            threads.awaitTermination(settings.duration().dividedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Lease held;
        synchronized (this) {
            leading = false;
            held = lease;
        }
        if (held != null && mine(held)) {
            release(held);
        }
    }

    private void release(Lease held) {
        try {
            store.release(held);
            LOG.info("{} has left the lease to others", settings.identity());
        } catch (KubernetesClientException e) {
            LOG.warn("The lease could not be released, so the next leader waits until it runs out: {}", e.getMessage());
        }
    }
}
