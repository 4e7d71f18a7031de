package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerSideApplyIT extends ApiServerFixture {

    @Test
    void aFieldThatIsNoLongerAppliedGoes() {
        client.apply(
                WIDGETS + "/a",
                "m",
                widget("a", "{\"size\":1,\"limit\":5,\"parts\":[{\"name\":\"p\",\"weight\":1},{\"name\":\"q\"}]}"));
        client.apply(WIDGETS + "/a", "m", widget("a", "{\"size\":1,\"parts\":[{\"name\":\"p\"}]}"));

        assertThat(client.get(WIDGETS + "/a").body().path("spec").toString())
                .isEqualTo("{\"size\":1,\"parts\":[{\"name\":\"p\"}],\"mode\":\"Fast\",\"options\":{\"level\":3}}");
    }

    @Test
    void theLastFieldOfMetadataThatIsNoLongerAppliedGoesAlone() {
        String with =
                widget("a", "{\"size\":1}").replace("\"name\":\"a\"", "\"name\":\"a\",\"finalizers\":[\"a.io/b\"]");
        assertThat(client.apply(WIDGETS + "/a", "m", with).at("/metadata/finalizers/0"))
                .isEqualTo("a.io/b");
        String uid = client.get(WIDGETS + "/a").at("/metadata/uid");

        TestClient.Answer without = client.apply(WIDGETS + "/a", "m", widget("a", "{\"size\":1}"));

        assertThat(without.code()).as(without.message()).isEqualTo(200);
        assertThat(without.body().path("metadata").has("finalizers")).isFalse();
        assertThat(without.at("/metadata/uid")).isEqualTo(uid);
    }

    @Test
    void aFieldThatAnotherManagerOwnsTooStays() {
        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1,\"limit\":5}"));
        client.apply(WIDGETS + "/a", "two", widget("a", "{\"size\":1,\"limit\":5}"));

        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1}"));
        assertThat(client.get(WIDGETS + "/a").at("/spec/limit")).isEqualTo("5");

        client.apply(WIDGETS + "/a", "two", widget("a", "{\"size\":1}"));
        assertThat(client.get(WIDGETS + "/a").body().at("/spec/limit").isMissingNode())
                .isTrue();
    }

    @Test
    void changingAnothersFieldIsAConflictThatForceWins() {
        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1}"));

        TestClient.Answer refused = client.apply(WIDGETS + "/a", "two", widget("a", "{\"size\":2}"));
        TestClient.Answer forced = client.apply(WIDGETS + "/a?force=true", "two", widget("a", "{\"size\":2}"));

        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.message()).isEqualTo("Apply failed with 1 conflict: conflict with \"one\": .spec.size");
        assertThat(refused.at("/details/causes/0/reason")).isEqualTo("FieldManagerConflict");
        assertThat(forced.at("/spec/size")).isEqualTo("2");
        assertThat(forced.body().at("/metadata/managedFields")).hasSize(1);
    }

    @Test
    void aPlainWriterOwnsWhatItChanges() {
        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1,\"limit\":5}"));
        client.merge(WIDGETS + "/a?fieldManager=hand", "{\"spec\":{\"limit\":7}}");

        TestClient.Answer refused = client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1,\"limit\":5}"));

        assertThat(refused.message())
                .isEqualTo(
                        "Apply failed with 1 conflict: conflict with \"hand\" using test.devicemgr.io/v1: .spec.limit");
    }

    @Test
    void applyingTheSameAgainWritesNothing() {
        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1,\"tags\":[\"x\"]}"));
        long before = server.revision();

        assertThat(client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1,\"tags\":[\"x\"]}"))
                        .code())
                .isEqualTo(200);

        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void statusIsAppliedByItsOwnManagerEntry() {
        client.apply(WIDGETS + "/a", "one", widget("a", "{\"size\":1}"));
        TestClient.Answer status = client.apply(
                WIDGETS + "/a/status",
                "one",
                "{\"apiVersion\":\"test.devicemgr.io/v1\",\"kind\":\"Widget\",\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");

        assertThat(status.code()).isEqualTo(200);
        assertThat(status.at("/spec/size")).isEqualTo("1");
        assertThat(status.at("/metadata/managedFields/1/subresource")).isEqualTo("status");
        assertThat(status.body().at("/metadata/managedFields/1/fieldsV1").toString())
                .isEqualTo(
                        "{\"f:status\":{\"f:conditions\":{\"k:{\\\"type\\\":\\\"Ready\\\"}\":{\".\":{},\"f:status\":{},\"f:type\":{}}}}}");
    }

    @Test
    void whatTheSchemaCannotTypeIsRefused() {
        assertThat(client.apply(WIDGETS + "/a", "m", widget("a", "{\"size\":1,\"foo\":1}"))
                        .message())
                .isEqualTo(
                        "failed to create typed patch object (/a; test.devicemgr.io/v1, Kind=Widget): .spec.foo: field"
                                + " not declared in schema");
        assertThat(client.apply(WIDGETS + "/a", "m", widget("a", "{\"size\":1,\"parts\":[{\"weight\":1}]}"))
                        .message())
                .contains(
                        ".spec.parts: element 0: associative list with keys has an element that omits all key fields [\"name\"]");
        assertThat(client.send(
                                "PATCH",
                                WIDGETS + "/a",
                                widget("a", "{}"),
                                "Content-Type",
                                "application/apply-patch+yaml")
                        .message())
                .contains("fieldManager: Required value: is required for apply patch");
    }

    @Test
    void builtInListsMergeByTheirKeys() {
        String path = "/apis/apps/v1/namespaces/default/daemonsets/d";
        String body =
                "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {a: b}}\n"
                        + "  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers:\n      - name: c\n        image: i:1\n"
                        + "        env: [{name: A, value: \"1\"}, {name: B, value: \"2\"}]\n        ports: [{containerPort: 80}]\n";
        client.apply(path, "m", body);
        TestClient.Answer again = client.apply(path, "m", body.replace("{name: A, value: \"1\"}, ", ""));

        assertThat(again.body().at("/spec/template/spec/containers/0/env")).hasSize(1);
        assertThat(again.at("/spec/template/spec/containers/0/ports/0/protocol"))
                .isEqualTo("TCP");
        assertThat(again.at("/metadata/generation")).isEqualTo("2");
    }
}
