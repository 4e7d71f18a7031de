package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class ClusterControllersIT extends ApiServerFixture {

    @Test
    void dependentsGoWithTheirOwner() {
        String uid = client.post(WIDGETS, widget("owner", "{\"size\":1}")).at("/metadata/uid");
        client.post(CONFIG_MAPS, owned("a", uid, false));

        client.delete(WIDGETS + "/owner");

        await().until(() -> client.get(CONFIG_MAPS + "/a").code() == 404);
    }

    @Test
    void anObjectWithAnOwnerThatNeverWasGoes() {
        client.post(CONFIG_MAPS, owned("a", "no-such-uid", false));

        await().until(() -> client.get(CONFIG_MAPS + "/a").code() == 404);
    }

    @Test
    void foregroundDeletionWaitsForBlockingDependents() {
        String uid = client.post(WIDGETS, widget("owner", "{\"size\":1}")).at("/metadata/uid");
        client.post(CONFIG_MAPS, owned("a", uid, true).replace("\"name\"", "\"finalizers\":[\"x/hold\"],\"name\""));

        client.delete(WIDGETS + "/owner?propagationPolicy=Foreground");
        await().until(() -> !client.get(CONFIG_MAPS + "/a")
                .at("/metadata/deletionTimestamp")
                .isEmpty());
        assertThat(client.get(WIDGETS + "/owner").at("/metadata/finalizers/0")).isEqualTo("foregroundDeletion");
        client.merge(CONFIG_MAPS + "/a", "{\"metadata\":{\"finalizers\":null}}");

        await().until(() -> client.get(WIDGETS + "/owner").code() == 404);
    }

    @Test
    void orphansStayWithoutTheirOwner() {
        String uid = client.post(WIDGETS, widget("owner", "{\"size\":1}")).at("/metadata/uid");
        client.post(CONFIG_MAPS, owned("a", uid, true));

        client.delete(WIDGETS + "/owner?propagationPolicy=Orphan");

        await().until(() -> client.get(WIDGETS + "/owner").code() == 404);
        assertThat(client.get(CONFIG_MAPS + "/a")
                        .body()
                        .at("/metadata/ownerReferences")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aNamespaceComesWithAServiceAccountAndGoesWithItsContent() {
        client.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"n\"}}");
        await().until(() ->
                client.get("/api/v1/namespaces/n/serviceaccounts/default").code() == 200);
        client.post("/api/v1/namespaces/n/configmaps", configMap("a", ""));

        client.delete("/api/v1/namespaces/n");

        await().until(() -> client.get("/api/v1/namespaces/n").code() == 404);
        assertThat(client.get("/api/v1/namespaces/n/configmaps").body().at("/items"))
                .isEmpty();
    }

    @Test
    void aKindGoesWithItsCrd() {
        client.post(WIDGETS, widget("a", "{\"size\":1}"));

        client.delete("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.devicemgr.io");

        await().until(() -> client.get(WIDGETS).code() == 404);
    }

    @Test
    void openShiftKindsAreServedWhenInstalled() {
        String pools = "/apis/machineconfiguration.openshift.io/v1/machineconfigpools";
        assertThat(client.get(pools).code()).isEqualTo(404);

        server.installOpenShift();

        assertThat(client.post(
                                pools,
                                "{\"apiVersion\":\"machineconfiguration.openshift.io/v1\",\"kind\":\"MachineConfigPool\",\"metadata\":{\"name\":\"worker\"},\"spec\":{\"paused\":false}}")
                        .code())
                .isEqualTo(201);
    }

    private static String owned(String name, String uid, boolean blocks) {
        return "{\"metadata\":{\"name\":\"" + name
                + "\",\"ownerReferences\":[{\"apiVersion\":\"test.devicemgr.io/v1\",\"kind\":\"Widget\",\"name\":\"owner\","
                + "\"uid\":\"" + uid + "\",\"blockOwnerDeletion\":" + blocks + "}]}}";
    }
}
