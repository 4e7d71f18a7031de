package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FaultsIT extends ApiServerFixture {

    @Test
    void anInformerSurvivesAnOutageAndForgottenHistory() {
        try (KubernetesClient fabric8 =
                new KubernetesClientBuilder().withConfig(server.clientConfig()).build()) {
            fabric8.resource(configMapNamed("before")).create();
            SharedIndexInformer<ConfigMap> informer =
                    fabric8.configMaps().inNamespace("default").inform();
            await().until(() -> informer.getStore().list().size() == 1);

            server.outage(true);
            server.objects().create("configmaps", tree("meanwhile"));
            server.compactHistory();
            server.outage(false);

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> informer.getStore().list().size() == 2);
            fabric8.resource(configMapNamed("after")).serverSideApply();
            await().until(() -> informer.getStore().list().size() == 3);
            informer.close();
        }
    }

    @Test
    void orderedFailuresHitTheRequestsMeant() {
        server.failNext(1, r -> r.resource().equals("configmaps") && r.isWrite(), 429, 3);

        assertThat(client.get(CONFIG_MAPS).code()).isEqualTo(200);
        TestClient.Answer refused = client.post(CONFIG_MAPS, configMap("a", ""));
        assertThat(refused.code()).isEqualTo(429);
        assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("3");
        assertThat(client.post(CONFIG_MAPS, configMap("a", "")).code()).isEqualTo(201);
    }

    @Test
    void answersBreakOffAndWhatWasAskedForIsDone() {
        server.breakOff(1, RequestInfo::isWrite, 10);

        assertThatThrownBy(() -> client.post(CONFIG_MAPS, configMap("a", ""))).hasStackTraceContaining("IOException");
        assertThat(client.get(CONFIG_MAPS + "/a").code()).isEqualTo(200);
    }

    @Test
    void unansweredRequestsBlockNobodyElseAndEndWhenTheFaultIsCleared() throws Exception {
        server.silence(RequestInfo::isWrite);
        CompletableFuture<TestClient.Answer> unanswered =
                CompletableFuture.supplyAsync(() -> client.post(CONFIG_MAPS, configMap("a", "")));
        await().until(() -> server.requestCount(RequestInfo::isWrite) == 1);

        assertThat(client.get(CONFIG_MAPS + "/a").code()).isEqualTo(404);
        assertThat(unanswered).isNotDone();
        server.clearFaults();
        assertThatThrownBy(unanswered::get).hasStackTraceContaining("IOException");
    }

    @Test
    void requestsAreToldAndCountedByUser() {
        List<RequestInfo> seen = new CopyOnWriteArrayList<>();
        server.onRequest(seen::add);
        server.addToken("t1", "system:serviceaccount:default:agent", "system:authenticated");

        client.get(CONFIG_MAPS + "/x", "Authorization", "Bearer t1");
        client.send(
                "PATCH",
                WIDGETS + "/a/status",
                "{}",
                "Authorization",
                "Bearer t1",
                "Content-Type",
                "application/merge-patch+json");

        assertThat(seen)
                .containsExactly(
                        new RequestInfo(
                                "system:serviceaccount:default:agent", "get", "", "configmaps", "", "default", "x"),
                        new RequestInfo(
                                "system:serviceaccount:default:agent",
                                "patch",
                                "test.devicemgr.io",
                                "widgets",
                                "status",
                                "default",
                                "a"));
        assertThat(server.requestCount(RequestInfo::isWrite)).isEqualTo(1);
        assertThat(client.get(CONFIG_MAPS).code()).isEqualTo(401);
    }

    @Test
    void simulatorsChangeObjectsWithoutRacesAndHearOfChanges() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (AutoCloseable listening = server.objects().onEvent(e -> heard.add(e.type() + " " + e.resource()))) {
            server.objects().create("configmaps", tree("c"));
            Thread[] writers = new Thread[4];
            for (int i = 0; i < writers.length; i++) {
                writers[i] = new Thread(() -> countUp(50));
                writers[i].start();
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(listening).isNotNull();
        }

        assertThat(server.objects()
                        .get("configmaps", "default", "c")
                        .orElseThrow()
                        .at("/data/n")
                        .asInt())
                .isEqualTo(200);
        assertThat(heard).startsWith("ADDED configmaps");
    }

    private void countUp(int times) {
        for (int i = 0; i < times; i++) {
            server.objects().update("configmaps", "default", "c", object -> {
                object.withObjectProperty("data")
                        .put("n", Integer.toString(object.at("/data/n").asInt(0) + 1));
                return object;
            });
        }
    }

    private static ObjectNode tree(String name) {
        ObjectNode object = Json.object();
        object.putObject("metadata").put("name", name).put("namespace", "default");
        return object;
    }

    private static ConfigMap configMapNamed(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .build();
    }
}
