package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class WatchIT extends ApiServerFixture {

    @Test
    void aWatchFromARevisionTellsEverythingAfterIt() {
        client.post(CONFIG_MAPS, configMap("before", ""));
        String from = client.get(CONFIG_MAPS).at("/metadata/resourceVersion");
        client.post(CONFIG_MAPS, configMap("a", ""));
        client.merge(CONFIG_MAPS + "/a", "{\"data\":{\"x\":\"1\"}}");

        TestClient.Events events = client.watch(CONFIG_MAPS + "?watch=true&resourceVersion=" + from);
        await().untilAsserted(() -> assertThat(events.names()).containsExactly("ADDED a", "MODIFIED a"));
        client.delete(CONFIG_MAPS + "/a");

        await().untilAsserted(() -> assertThat(events.names()).containsExactly("ADDED a", "MODIFIED a", "DELETED a"));
    }

    @Test
    void aSelectorTurnsTransitionsIntoAdditionsAndDeletions() {
        TestClient.Events events = client.watch(CONFIG_MAPS + "?watch=true&labelSelector=on%3D1");
        await().until(() -> server.openWatches() == 1);
        client.post(CONFIG_MAPS, configMap("a", ""));
        client.merge(CONFIG_MAPS + "/a", "{\"metadata\":{\"labels\":{\"on\":\"1\"}}}");
        client.merge(CONFIG_MAPS + "/a", "{\"data\":{\"x\":\"1\"}}");
        client.merge(CONFIG_MAPS + "/a", "{\"metadata\":{\"labels\":null}}");

        await().untilAsserted(() -> assertThat(events.names()).containsExactly("ADDED a", "MODIFIED a", "DELETED a"));
    }

    @Test
    void aWatchFromForgottenTimesIsToldThatItExpired() {
        client.post(CONFIG_MAPS, configMap("a", ""));
        server.compactHistory();

        TestClient.Events events = client.watch(CONFIG_MAPS + "?watch=true&resourceVersion=1");

        await().until(events::hasEnded);
        assertThat(events.all().element().at("/type").asText()).isEqualTo("ERROR");
        assertThat(events.all().element().at("/object/code").asInt()).isEqualTo(410);
        assertThat(events.all().element().at("/object/reason").asText()).isEqualTo("Expired");
        assertThat(events.all().element().at("/object/message").asText()).startsWith("too old resource version: 1 (");
    }

    /** Clients of Go list by it, and wait for that bookmark. */
    @Test
    void aWatchTellsWhenItHasToldAllThatWasThere() {
        client.post(CONFIG_MAPS, configMap("a", ""));
        TestClient.Events events = client.watch(CONFIG_MAPS
                + "?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        await().until(() -> events.all().size() == 2);
        assertThat(events.all().stream().map(e -> e.path("type").asText())).containsExactly("ADDED", "BOOKMARK");
        assertThat(events.all().stream()
                        .map(e -> e.at("/object/metadata/annotations/k8s.io~1initial-events-end")
                                .asText()))
                .containsExactly("", "true");
    }

    @Test
    void aWatchEndsInTimeWithABookmarkWhenThatWasAsked() {
        TestClient.Events events =
                client.watch(CONFIG_MAPS + "?watch=true&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=1");

        await().until(events::hasEnded);
        assertThat(events.ends()).containsExactly("closed");
        // One as soon as the watch is open, one at its end.
        assertThat(events.all().stream().map(e -> e.path("type").asText())).containsExactly("BOOKMARK", "BOOKMARK");
    }

    @Test
    void droppedWatchesBreak() {
        TestClient.Events events = client.watch(CONFIG_MAPS + "?watch=true");
        await().until(() -> server.openWatches() == 1);

        server.dropWatches();

        await().until(events::hasEnded);
        assertThat(server.openWatches()).isZero();
    }

    @Test
    void aWatchOfTablesTellsRows() {
        TestClient.Events events = client.watch(
                WIDGETS + "?watch=true", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        await().until(() -> server.openWatches() == 1);
        client.post(WIDGETS, widget("a", "{\"size\":7}"));

        await().untilAsserted(() -> assertThat(events.all()).hasSize(1));
        assertThat(events.all().element().at("/object/rows/0/cells/1").asInt()).isEqualTo(7);
    }
}
