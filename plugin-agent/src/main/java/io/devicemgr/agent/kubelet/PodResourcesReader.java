package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.device.Holder;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesRequest;
import io.devicemgr.proto.podresources.v1.AllocatableResourcesResponse;
import io.devicemgr.proto.podresources.v1.ContainerDevices;
import io.devicemgr.proto.podresources.v1.ContainerResources;
import io.devicemgr.proto.podresources.v1.ListPodResourcesRequest;
import io.devicemgr.proto.podresources.v1.ListPodResourcesResponse;
import io.devicemgr.proto.podresources.v1.PodResources;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc;
import io.devicemgr.proto.podresources.v1.PodResourcesListerGrpc.PodResourcesListerStub;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Reads the kubelet's PodResources API when asked to and every minute, never more often than once a second. */
final class PodResourcesReader {
    private static final Duration SLOW_PACE = Duration.ofSeconds(60);
    private static final Duration FASTEST = Duration.ofSeconds(1);
    private static final int DEADLINE_SECONDS = 5;

    private final Path socket;
    private final Transport transport;
    private final KubeletLoop loop;
    private final Consumer<Reading> sink;
    private long lastStart = System.nanoTime() - FASTEST.toNanos();
    private boolean planned;
    private boolean running;
    private boolean again;
    private boolean stopped;
    private ManagedChannel channel;

    /** @param sink gets each reading, on the loop */
    PodResourcesReader(Path socket, Transport transport, KubeletLoop loop, Consumer<Reading> sink) {
        this.socket = socket;
        this.transport = transport;
        this.loop = loop;
        this.sink = sink;
    }

    /** Starts the slow pace. On the loop, as all methods. */
    void start() {
        loop.after(SLOW_PACE, () -> {
            readSoon();
            start();
        });
    }

    /** Reads at once, in addition to what the pace allows. */
    void readFirst() {
        long before = lastStart;
        read();
        lastStart = before;
    }

    /** Reads as soon as the pace allows; a reading that runs already does not count. */
    void readSoon() {
        if (running) {
            again = true;
        } else if (!planned) {
            planned = true;
            long wait = lastStart + FASTEST.toNanos() - System.nanoTime();
            loop.after(Duration.ofNanos(Math.max(wait, 0)), this::read);
        }
    }

    /** Gives up a reading that is under way, and begins no other. */
    void stop() {
        stopped = true;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    private void read() {
        planned = false;
        if (stopped) {
            return;
        }
        running = true;
        long start = System.nanoTime();
        lastStart = start;
        if (!Files.exists(socket)) {
            done(Reading.failed(start, socket + " is not there"));
            return;
        }
        ManagedChannel connection = transport.channel(socket);
        channel = connection;
        PodResourcesListerStub stub =
                PodResourcesListerGrpc.newStub(connection).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        Answer<AllocatableResourcesResponse> allocatable = new Answer<>();
        Answer<ListPodResourcesResponse> list = new Answer<>();
        allocatable
                .future()
                .thenCombine(
                        list.future(), (ids, pods) -> new Reading(start, null, ids(ids), holders(pods), nodes(pods)))
                .exceptionally(failure -> Reading.failed(start, Answer.reason(failure)))
                .thenAcceptAsync(
                        reading -> {
                            connection.shutdownNow();
                            done(reading);
                        },
                        loop::run);
        stub.getAllocatableResources(AllocatableResourcesRequest.getDefaultInstance(), allocatable);
        stub.list(ListPodResourcesRequest.getDefaultInstance(), list);
    }

    private void done(Reading reading) {
        running = false;
        sink.accept(reading);
        if (again) {
            again = false;
            readSoon();
        }
    }

    private static Map<String, Set<String>> ids(AllocatableResourcesResponse answer) {
        Map<String, Set<String>> ids = new HashMap<>();
        for (ContainerDevices devices : answer.getDevicesList()) {
            ids.computeIfAbsent(devices.getResourceName(), name -> new HashSet<>())
                    .addAll(devices.getDeviceIdsList());
        }
        return ids;
    }

    private static Map<String, Map<String, List<Holder>>> holders(ListPodResourcesResponse answer) {
        Map<String, Map<String, List<Holder>>> holders = new HashMap<>();
        for (PodResources pod : answer.getPodResourcesList()) {
            for (ContainerResources container : pod.getContainersList()) {
                Holder holder = new Holder(pod.getNamespace(), pod.getName(), container.getName());
                for (ContainerDevices devices : container.getDevicesList()) {
                    Map<String, List<Holder>> byId =
                            holders.computeIfAbsent(devices.getResourceName(), name -> new HashMap<>());
                    devices.getDeviceIdsList().forEach(id -> add(byId, id, holder));
                }
            }
        }
        return holders;
    }

    /** An id on several nodes is listed once for each (contract rule 99a); no device of this agent is. */
    private static Map<String, Map<String, Long>> nodes(ListPodResourcesResponse answer) {
        Map<String, Map<String, Long>> nodes = new HashMap<>();
        answer.getPodResourcesList().stream()
                .flatMap(pod -> pod.getContainersList().stream())
                .flatMap(container -> container.getDevicesList().stream())
                .filter(devices -> devices.getTopology().getNodesCount() > 0)
                .forEach(devices -> {
                    Map<String, Long> byId = nodes.computeIfAbsent(devices.getResourceName(), name -> new HashMap<>());
                    long node = devices.getTopology().getNodes(0).getID();
                    devices.getDeviceIdsList().forEach(id -> byId.put(id, node));
                });
        return nodes;
    }

    /** A device on several NUMA nodes is listed once for each (contract rule 99a). */
    private static void add(Map<String, List<Holder>> byId, String id, Holder holder) {
        List<Holder> known = byId.computeIfAbsent(id, key -> new ArrayList<>());
        if (!known.contains(holder)) {
            known.add(holder);
        }
    }
}
