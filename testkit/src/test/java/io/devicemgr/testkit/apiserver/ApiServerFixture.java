package io.devicemgr.testkit.apiserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fresh server with the Widget CRD for every test. */
abstract class ApiServerFixture {
    static final String WIDGETS = "/apis/test.devicemgr.io/v1/namespaces/default/widgets";
    static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    SimulatedApiServer server;
    TestClient client;

    @BeforeEach
    void start() {
        server = SimulatedApiServer.started();
        server.applyYaml(ApiServerFixture.class.getResourceAsStream("/apiserver/widgets.crd.yaml"));
        client = new TestClient(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    static String widget(String name, String spec) {
        return "{\"apiVersion\":\"test.devicemgr.io/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":" + spec + "}";
    }

    static String configMap(String name, String rest) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}" + rest + "}";
    }
}
