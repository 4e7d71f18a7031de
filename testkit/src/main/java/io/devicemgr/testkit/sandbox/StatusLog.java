package io.devicemgr.testkit.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.ObjectEvent;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the operator wrote and when, as the API server saw it; the statuses above all. */
final class StatusLog implements AutoCloseable {
    private static final String PLURAL = "deviceplugindeployments";
    private static final long SECOND = 1_000_000_000L;
    private static final long LOOK_MILLIS = 1_000;

    private final Map<String, Stamped> latest = new HashMap<>();
    private final List<Stamped> history = new ArrayList<>();
    private final Map<String, List<Long>> statusWrites = new HashMap<>();
    private final Map<String, Integer> writes = new TreeMap<>();
    private final AutoCloseable listener;
    private LoneOperator operator;

    /** A status and when it was stored. */
    record Stamped(String deployment, JsonNode status, long nanos) {
        int count(String group, String name) {
            return status.path(group).path(name).asInt(-1);
        }

        boolean ready() {
            for (JsonNode condition : status.path("conditions")) {
                if (Json.at(condition, "type").equals("Ready")) {
                    return Json.at(condition, "status").equals("True");
                }
            }
            return false;
        }
    }

    StatusLog(SimulatedApiServer server) {
        listener = server.objects().onEvent(this::happened);
        server.onRequest(this::requested);
    }

    private synchronized void happened(ObjectEvent event) {
        if (event.resource().equals(PLURAL)) {
            String name = Json.name(event.object());
            Stamped now = new Stamped(name, event.object().path("status"), System.nanoTime());
            latest.put(name, now);
            history.add(now);
            notifyAll();
        }
    }

    private synchronized void requested(RequestInfo request) {
        if (request.isWrite() && !request.isLease() && request.user().equals(SimulatedCluster.OPERATOR_USER)) {
            writes.merge(request.verb() + " " + request.resource() + " " + request.subresource(), 1, Integer::sum);
            if (request.resource().equals(PLURAL) && request.subresource().equals("status")) {
                statusWrites
                        .computeIfAbsent(request.name(), n -> new ArrayList<>())
                        .add(System.nanoTime());
            }
            notifyAll();
        }
    }

    /** Forgets what was written so far, but not how the statuses are. */
    synchronized void reset() {
        history.clear();
        statusWrites.clear();
        writes.clear();
    }

    /** The statuses in their order. */
    synchronized List<Stamped> history() {
        return List.copyOf(history);
    }

    /** Writes of the operator by kind. */
    synchronized Map<String, Integer> writes() {
        return new TreeMap<>(writes);
    }

    synchronized int allWrites() {
        return writes.values().stream().mapToInt(n -> n).sum();
    }

    /** The most writes of one status within any second. */
    synchronized int mostInASecond() {
        int most = 0;
        for (List<Long> times : statusWrites.values()) {
            int first = 0;
            for (int i = 0; i < times.size(); i++) {
                while (times.get(i) - times.get(first) >= SECOND) {
                    first++;
                }
                most = Math.max(most, i - first + 1);
            }
        }
        return most;
    }

    /** Waits for the first write of a status; returns when that was. */
    synchronized long awaitFirstWrite(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (statusWrites.isEmpty()) {
            waitUntil(deadline, "no status was written");
        }
        return statusWrites.values().stream()
                .mapToLong(times -> times.get(0))
                .min()
                .orElseThrow();
    }

    /** Waits until the statuses of all these deployments are as expected; returns when the last of them became so. */
    synchronized long await(List<String> deployments, Predicate<Stamped> expected, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<String> missing = deployments.stream()
                    .filter(name -> latest.get(name) == null || !expected.test(latest.get(name)))
                    .findFirst();
            if (missing.isEmpty()) {
                return deployments.stream()
                        .mapToLong(name -> latest.get(name).nanos())
                        .max()
                        .orElse(System.nanoTime());
            }
            waitUntil(deadline, "the status never came to what is expected: " + latest.get(missing.get()));
        }
    }

    /** From now on waiting ends when this operator does. */
    synchronized void follow(LoneOperator started) {
        operator = started;
    }

    private void waitUntil(long deadline, String complaint) {
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException(complaint);
        }
        if (!operator.alive()) {
            throw new IllegalStateException("the operator has ended: " + operator.lastWords());
        }
        try {
            wait(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
