package io.devicemgr.operator.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.operator.OperatorMain;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deployment that is changed to anything at all: each change ends in a verdict, and what ran before a bad one goes on. */
class RandomSpecsInTheLoopIT {
    private static final int CHANGES = Integer.getInteger("changes", 60);
    private static final long SEED = Long.getLong("seed", 1);
    private static final String DEPLOYMENTS = "deviceplugindeployments.devicemgr.io";

    private final SimulatedApiServer server = SimulatedApiServer.started();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private OperatorMain operator;

    @BeforeEach
    void start() throws IOException {
        for (String kind : List.of("deviceplugindeployments", "nodedevicereports")) {
            server.applyYaml(Files.readString(Path.of("../crds/yaml/" + kind + ".devicemgr.io.yaml")));
        }
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: devices}}");
        operator = OperatorMain.start(
                new OperatorConfig("devices", "registry.example.com/agent:1", 0),
                server.clientConfig(),
                Clock.systemUTC(),
                () -> troubles.add("the operator wants to be started anew"));
    }

    @AfterEach
    void stop() {
        operator.close();
        server.close();
    }

    @Test
    void everyChangeEndsInAVerdictAndTheLastGoodStateRunsOn() throws Exception {
        server.objects().create(DEPLOYMENTS, SpecTree.deployment("a", SpecTree.whole()));
        awaitVerdict(SEED);
        ObjectNode good = daemonSetSpec();
        int impossible = 0;
        for (long seed = SEED; seed < SEED + CHANGES; seed++) {
            if (!change(new RandomSpecs(seed).next())) {
                continue;
            }
            if (awaitVerdict(seed)) {
                good = daemonSetSpec();
            } else {
                impossible++;
                assertThat(daemonSetSpec()).as("-Dchanges=1 -Dseed=" + seed).isEqualTo(good);
            }
        }
        assertThat(troubles).isEmpty();
        assertThat(metrics())
                .as("reconciles that ended with an exception")
                .contains("devicemgr_operator_reconcile_errors_total{cause=\"bug\"} 0");
        assertThat(impossible).as("changes that passed the schema only").isPositive();
    }

    /** Whether the API server lets the change pass. */
    private boolean change(ObjectNode spec) {
        try {
            server.objects().update(DEPLOYMENTS, "", "a", live -> {
                live.set("spec", Json.trusted(spec.toString()));
                return live;
            });
            return true;
        } catch (ApiException e) {
            return false;
        }
    }

    /** Waits until the operator has judged the newest spec, and returns whether it can work. */
    private boolean awaitVerdict(long seed) {
        return Awaitility.await("-Dchanges=1 -Dseed=" + seed)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            ObjectNode live =
                                    server.objects().get(DEPLOYMENTS, "", "a").orElseThrow();
                            boolean judged =
                                    live.at("/status/observedGeneration").asLong()
                                            == live.at("/metadata/generation").asLong();
                            return judged ? specValid(live) : "";
                        },
                        verdict -> !verdict.isEmpty())
                .equals("True");
    }

    private static String specValid(ObjectNode deployment) {
        return StreamSupport.stream(deployment.at("/status/conditions").spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals("SpecValid"))
                .map(condition -> condition.path("status").asText())
                .findFirst()
                .orElse("");
    }

    /** What the operator itself counts: the log is everybody's who runs in this process. */
    private List<String> metrics() throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + operator.healthPort() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofLines())
                .body()
                .toList();
    }

    private ObjectNode daemonSetSpec() {
        return (ObjectNode) server.objects()
                .get("daemonsets.apps", "devices", "devicemgr-a")
                .orElseThrow()
                .path("spec");
    }
}
