package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class CrudIT extends ApiServerFixture {

    @Test
    void createdObjectCarriesWhatTheServerAdds() {
        TestClient.Answer created =
                client.post(CONFIG_MAPS, "{\"metadata\":{\"generateName\":\"c-\"},\"data\":{\"a\":\"1\"}}");

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.at("/metadata/name")).matches("c-[a-z0-9]{5}");
        assertThat(created.at("/metadata/uid")).isNotEmpty();
        assertThat(created.at("/metadata/creationTimestamp")).isNotEmpty();
        assertThat(created.at("/metadata/managedFields/0/operation")).isEqualTo("Update");
    }

    @Test
    void takenNamesMissingNamesAndMissingNamespacesAreRefusedAsByARealServer() {
        client.post(CONFIG_MAPS, configMap("a", ""));

        assertThat(client.post(CONFIG_MAPS, configMap("a", "")).message()).isEqualTo("configmaps \"a\" already exists");
        assertThat(client.get(CONFIG_MAPS + "/b").message()).isEqualTo("configmaps \"b\" not found");
        assertThat(client.get(WIDGETS + "/b").message()).isEqualTo("widgets.test.devicemgr.io \"b\" not found");
        assertThat(client.post("/api/v1/namespaces/no/configmaps", configMap("a", ""))
                        .message())
                .isEqualTo("namespaces \"no\" not found");
        assertThat(client.post(CONFIG_MAPS, configMap("A_B", "")).code()).isEqualTo(422);
    }

    @Test
    void largeAnswersArePackedForWhoTakesThat() throws IOException {
        client.post(CONFIG_MAPS, configMap("small", ""));
        client.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"big\"},\"data\":{\"a\":\"" + "x".repeat(200_000) + "\"}}");

        HttpResponse<byte[]> packed = raw("/big", "gzip");
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream text = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(text.readAllBytes()).isEqualTo(raw("/big", "identity").body());
        }
        assertThat(raw("/small", "gzip").headers().firstValue("Content-Encoding"))
                .isEmpty();
    }

    private HttpResponse<byte[]> raw(String name, String encoding) throws IOException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(server.url() + CONFIG_MAPS + name))
                                    .header("Accept-Encoding", encoding)
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void staleUpdateIsAConflict() {
        ObjectNode first =
                (ObjectNode) client.post(CONFIG_MAPS, configMap("a", "")).body();
        client.merge(CONFIG_MAPS + "/a", "{\"data\":{\"x\":\"1\"}}");

        TestClient.Answer stale = client.put(CONFIG_MAPS + "/a", first);

        assertThat(stale.code()).isEqualTo(409);
        assertThat(stale.message())
                .isEqualTo(
                        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply"
                                + " your changes to the latest version and try again");
    }

    @Test
    void anUpdateThatChangesNothingWritesNothing() {
        ObjectNode first =
                (ObjectNode) client.post(WIDGETS, widget("a", "{\"size\":1}")).body();
        long before = server.revision();

        assertThat(client.put(WIDGETS + "/a", first).code()).isEqualTo(200);
        assertThat(client.merge(WIDGETS + "/a", "{\"spec\":{\"size\":1}}").code())
                .isEqualTo(200);

        assertThat(server.revision()).isEqualTo(before);
    }

    @Test
    void generationCountsSpecChangesOnly() {
        client.post(WIDGETS, widget("a", "{\"size\":1}"));

        client.merge(WIDGETS + "/a", "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
        client.merge(WIDGETS + "/a/status", "{\"status\":{\"phase\":\"P\"}}");
        assertThat(client.get(WIDGETS + "/a").at("/metadata/generation")).isEqualTo("1");

        client.merge(WIDGETS + "/a", "{\"spec\":{\"size\":2}}");
        assertThat(client.get(WIDGETS + "/a").at("/metadata/generation")).isEqualTo("2");
    }

    @Test
    void specAndStatusAreWrittenThroughTheirOwnDoorsOnly() {
        client.post(WIDGETS, widget("a", "{\"size\":1},\"status\":{\"phase\":\"no\"}"));
        client.merge(WIDGETS + "/a", "{\"status\":{\"phase\":\"no\"}}");
        client.merge(
                WIDGETS + "/a/status",
                "{\"spec\":{\"size\":9},\"status\":{\"phase\":\"yes\"},\"metadata\":{\"labels\":{\"l\":\"l\"}}}");

        TestClient.Answer widget = client.get(WIDGETS + "/a");
        assertThat(widget.at("/spec/size")).isEqualTo("1");
        assertThat(widget.at("/status/phase")).isEqualTo("yes");
        assertThat(widget.body().at("/metadata/labels").isMissingNode()).isTrue();
    }

    @Test
    void finalizersHoldADeletionUntilTheyAreGone() {
        client.post(WIDGETS, widget("a", "{\"size\":1}").replace("\"name\"", "\"finalizers\":[\"x/y\"],\"name\""));

        assertThat(client.delete(WIDGETS + "/a").at("/metadata/deletionTimestamp"))
                .isNotEmpty();
        assertThat(client.get(WIDGETS + "/a").code()).isEqualTo(200);
        client.merge(WIDGETS + "/a", "{\"metadata\":{\"finalizers\":null}}");

        assertThat(client.get(WIDGETS + "/a").code()).isEqualTo(404);
    }

    @Test
    void aDeletionWithTheWrongUidIsRefused() {
        client.post(WIDGETS, widget("a", "{\"size\":1}"));

        TestClient.Answer refused = client.send(
                "DELETE",
                WIDGETS + "/a",
                "{\"preconditions\":{\"uid\":\"other\"}}",
                "Content-Type",
                "application/json");

        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.message())
                .contains("the UID in the precondition (other) does not match the UID in record (");
    }

    @Test
    void dryRunStoresNothing() {
        assertThat(client.post(WIDGETS + "?dryRun=All", widget("a", "{\"size\":1}"))
                        .code())
                .isEqualTo(201);
        assertThat(client.apply(WIDGETS + "/b?dryRun=All", "m", widget("b", "{\"size\":1}"))
                        .code())
                .isEqualTo(201);

        assertThat(client.get(WIDGETS).body().at("/items")).isEmpty();
    }

    @Test
    void listsAreSelectedAndPaged() {
        for (int i = 0; i < 5; i++) {
            client.post(
                    CONFIG_MAPS,
                    "{\"metadata\":{\"name\":\"c" + i + "\",\"labels\":{\"n\":\"" + i + "\",\"all\":\"\"}}}");
        }

        assertThat(client.get(CONFIG_MAPS + "?labelSelector=n%20in%20(1,2),all")
                        .body()
                        .at("/items"))
                .hasSize(2);
        assertThat(client.get(CONFIG_MAPS + "?labelSelector=n!=1,all").body().at("/items"))
                .hasSize(4);
        assertThat(client.get(CONFIG_MAPS + "?fieldSelector=metadata.name=c3")
                        .body()
                        .at("/items"))
                .hasSize(1);
        TestClient.Answer page = client.get(CONFIG_MAPS + "?limit=3");
        assertThat(page.body().at("/items")).hasSize(3);
        assertThat(page.at("/metadata/remainingItemCount")).isEqualTo("2");
        assertThat(client.get(CONFIG_MAPS + "?limit=3&continue=" + page.at("/metadata/continue"))
                        .body()
                        .at("/items"))
                .hasSize(2);
    }

    @Test
    void strategicMergePatchMergesContainersByName() {
        String pods = "/api/v1/namespaces/default/pods";
        client.post(
                pods,
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i:1\"},{\"name\":\"b\",\"image\":\"i:1\"}]}}");

        TestClient.Answer patched = client.strategic(
                pods + "/p",
                "{\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"i:2\"},{\"name\":\"a\",\"$patch\":\"delete\"}]}}");

        assertThat(patched.body().at("/spec/containers")).hasSize(1);
        assertThat(patched.at("/spec/containers/0/image")).isEqualTo("i:2");
    }

    @Test
    void jsonPatchTestsAndReplaces() {
        client.post(CONFIG_MAPS, configMap("a", ",\"data\":{\"k\":\"1\"}"));
        String type = "application/json-patch+json";

        TestClient.Answer good = client.send(
                "PATCH",
                CONFIG_MAPS + "/a",
                "[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"1\"},{\"op\":\"replace\",\"path\":\"/data/k\",\"value\":\"2\"}]",
                "Content-Type",
                type);
        TestClient.Answer bad = client.send(
                "PATCH",
                CONFIG_MAPS + "/a",
                "[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"1\"}]",
                "Content-Type",
                type);

        assertThat(good.at("/data/k")).isEqualTo("2");
        assertThat(bad.code()).isEqualTo(422);
    }

    @Test
    void aWorkloadsSelectorFitsItsTemplateAndNeverChanges() {
        String sets = "/apis/apps/v1/namespaces/default/daemonsets";
        String set =
                "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}";

        assertThat(client.post(sets, set.replace("{\"labels\":{\"a\":\"b\"}}", "{}"))
                        .message())
                .contains(
                        "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`");
        client.post(sets, set);
        assertThat(client.merge(sets + "/d", "{\"spec\":{\"selector\":{\"matchLabels\":{\"a\":null}}}}")
                        .message())
                .contains("spec.selector: Invalid value: ", "field is immutable");
    }

    @Test
    void evictionDeletesThePod() {
        String pods = "/api/v1/namespaces/default/pods";
        client.post(
                pods, "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i:1\"}]}}");

        assertThat(client.post(pods + "/p/eviction", "{}").code()).isEqualTo(201);
        assertThat(client.get(pods + "/p").code()).isEqualTo(404);
    }
}
