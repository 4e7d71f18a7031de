package io.devicemgr.operator.reconcile;

import static io.devicemgr.operator.reconcile.World.NAMESPACE;
import static io.devicemgr.operator.reconcile.World.SERIAL;
import static io.devicemgr.operator.reconcile.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.apiserver.RequestInfo;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an API server does to the operator: nothing is missed, nothing done twice, and nobody is hurried. */
@Execution(ExecutionMode.CONCURRENT)
class OutageIT {
    private static final Predicate<RequestInfo> WATCHES =
            request -> request.verb().equals("watch");
    private static final Predicate<RequestInfo> LISTS =
            request -> request.verb().equals("list");
    private static final Predicate<RequestInfo> READS = WATCHES.or(LISTS);
    private static final int ALWAYS = Integer.MAX_VALUE;

    private final World world = new World();

    @AfterEach
    void close() {
        world.server.clearFaults();
        world.close();
    }

    private static Predicate<RequestInfo> of(String resource) {
        return request -> request.resource().equals(resource);
    }

    /** A node goes, another one loses a device, and the spec changes: a deletion, a change of a status and one of a spec. */
    private void muchHappens() {
        world.server.objects().delete("pods", NAMESPACE, World.podName("lab", "w-1"));
        world.server.objects().delete("nodes", "", "w-1");
        aDeviceIsLost("w-2");
        world.server.objects().update("deviceplugindeployments.devicemgr.io", "", "lab", deployment -> {
            deployment.withObject("/spec/agent").put("logLevel", "debug");
            deployment.withObject("/spec/rollout").put("strategy", "OnDelete");
            return deployment;
        });
    }

    private void aDeviceIsLost(String node) {
        world.change("nodedevicereports.devicemgr.io", "", "lab." + node, report -> {
            report.withObject("/status/devices/0").put("health", "Unhealthy").put("reason", "Missing");
            return report;
        });
    }

    private void everythingIsSeen() {
        eventually().untilAsserted(() -> {
            assertThat(world.deployment("lab").getStatus().nodes().matched()).isEqualTo(1);
            assertThat(world.deployment("lab").getStatus().observedGeneration()).isEqualTo(2);
            assertThat(world.condition("lab", "DevicesHealthy")).isEqualTo("False SomeUnhealthy");
            assertThat(world.settings("lab")).hasSize(2);
        });
    }

    private void breakWatchesWhile(Runnable something) {
        world.server.outage(true);
        something.run();
        world.server.outage(false);
    }

    @Test
    void watchesGoOnWhereTheyBroke() {
        world.started().withReadyFleet();
        long lists = world.server.requestCount(LISTS.and(of("nodes")));

        breakWatchesWhile(this::muchHappens);

        everythingIsSeen();
        assertThat(world.server.requestCount(LISTS.and(of("nodes")))).isEqualTo(lists);
        assertThat(world.exits).hasValue(0);
    }

    @Test
    void whatTheApiServerHasForgottenIsListedAnew() {
        world.started().withReadyFleet();

        breakWatchesWhile(() -> {
            muchHappens();
            world.server.compactHistory();
        });

        everythingIsSeen();
        assertThat(world.exits).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {410, 429, 500, 503, 504})
    void refusedListsAndWatchesAreTriedAgain(int code) {
        world.started().withReadyFleet();

        breakWatchesWhile(() -> {
            muchHappens();
            world.server.compactHistory();
            world.server.failNext(60, READS, code, code == 429 ? 1 : 0);
        });

        everythingIsSeen();
        assertThat(world.exits).hasValue(0);
    }

    @Test
    void answersThatBreakOffAreReadAgain() {
        world.started().withReadyFleet();

        breakWatchesWhile(() -> {
            world.server.compactHistory();
            world.server.breakOff(20, LISTS, 60);
            world.server.breakOff(20, WATCHES, 100);
        });
        muchHappens();

        everythingIsSeen();
        assertThat(world.exits).hasValue(0);
    }

    @Test
    void whatIsNotAsciiIsReadRight() {
        world.started().withReadyFleet();
        for (String version : List.of("größer", "日本語", "\uD83D\uDE80", "plain")) {
            world.change("nodedevicereports.devicemgr.io", "", "lab.w-2", report -> {
                report.withObject("/status").put("agentVersion", version.repeat(3000));
                return report;
            });
        }
        world.report("lab", "w-1", 1, true);

        eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));
        assertThat(world.exits).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void refusedWritesAreTriedAgainAndNoPodIsReplacedTwice(int code) {
        world.started().withReadyFleet();
        List<String> replaced = replacedPods();
        world.server.failNext(8, RequestInfo::isWrite, code, code == 429 ? 1 : 0);

        rollOut();

        assertThat(replaced).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void writesWhoseAnswerIsLostOrLateAreNotDoneTwice() {
        world.started(new ConfigBuilder(world.server.clientConfig())
                        .withRequestTimeout(1000)
                        .build())
                .withReadyFleet();
        List<String> replaced = replacedPods();
        world.server.breakOff(5, RequestInfo::isWrite, 10);
        world.server.latency(Duration.ofMillis(700));

        rollOut();

        assertThat(replaced).doesNotHaveDuplicates().hasSize(2);
    }

    /** Pods that went, by their uid. */
    private List<String> replacedPods() {
        List<String> gone = new CopyOnWriteArrayList<>();
        world.server.objects().onEvent(event -> {
            if (event.resource().equals("pods") && event.type().toString().equals("DELETED")) {
                gone.add(event.object().at("/metadata/uid").asText());
            }
        });
        return gone;
    }

    private void rollOut() {
        world.deploy("lab", SERIAL, ", agent: {logLevel: debug}, rollout: {strategy: AllAtOnce}");
        eventually().atMost(Duration.ofMinutes(2)).until(() -> {
            world.observeTemplate("lab");
            return world.pod("lab", "w-1") == null && world.pod("lab", "w-2") == null;
        });
        world.runAgents("lab");
        world.report("lab", "w-1", 2, false);
        world.report("lab", "w-2", 2, false);
        eventually()
                .atMost(Duration.ofMinutes(2))
                .until(() -> world.condition("lab", "Ready").equals("True AllDevicesReady")
                        && world.deployment("lab").getStatus().observedGeneration() == 2);
    }

    @Test
    void requestsBecomeRarerWhileTheApiServerRefuses() {
        world.started().withReadyFleet();
        long from = System.nanoTime();
        breakWatchesWhile(() -> world.server.failNext(ALWAYS, request -> true, 503, 0));
        long before = world.server.requestCount(of("nodes"));

        eventually().until(() -> world.server.requestCount(of("nodes")) >= before + 7);

        // 100, 200, 400, 800, 1600 and 3200 ms between them, which load can only make more.
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofSeconds(6));
    }

    @Test
    void failingWritesAreNotHurriedByTheEventsOfABusyFleet() {
        world.started().withReadyFleet();
        world.server.failNext(ALWAYS, RequestInfo::isWrite, 403, 0);
        long before = world.server.requestCount(RequestInfo::isWrite);
        long from = System.nanoTime();
        world.deploy("lab", SERIAL, ", agent: {logLevel: debug}");
        for (int i = 0; world.server.requestCount(RequestInfo::isWrite) < before + 40; i++) {
            String round = Integer.toString(i);
            world.change("nodedevicereports.devicemgr.io", "", "lab.w-1", report -> {
                report.withObject("/status").put("agentVersion", round);
                return report;
            });
        }

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofSeconds(3));
    }

    @Test
    void aKindThatMayNotBeWatchedIsNamedByReadinessAndTheRestGoesOn() {
        world.started().withReadyFleet();
        breakWatchesWhile(() -> world.server.failNext(ALWAYS, READS.and(of("nodes")), 403, 0));

        eventually().untilAsserted(() -> assertThat(world.ask("/readyz")).isEqualTo("503 not watching: nodes"));
        assertThat(world.ask("/healthz")).isEqualTo("200 ok");
        world.report("lab", "w-1", 1, true);
        eventually().until(() -> world.condition("lab", "DevicesHealthy").equals("False SomeUnhealthy"));

        world.server.clearFaults();
        eventually()
                .atMost(Duration.ofMinutes(1))
                .until(() -> world.ask("/readyz").equals("200 ok"));
        assertThat(world.exits).hasValue(0);
    }

    @Test
    void aWatchThatEndsForGoodIsNamedByLivenessAndEndsTheProcess() {
        world.started().withReadyFleet();
        breakWatchesWhile(() -> world.server.garble(1, WATCHES.and(of("nodes"))));

        eventually().until(() -> world.exits.get() == 1);
        assertThat(world.ask("/healthz")).startsWith("503 the watch of ").contains("nodes");
    }
}
