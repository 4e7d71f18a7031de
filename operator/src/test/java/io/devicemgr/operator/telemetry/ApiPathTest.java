package io.devicemgr.operator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiPathTest {

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/nodes, list, nodes",
        "GET, /api/v1/nodes?watch=true&resourceVersion=1, watch, nodes",
        "GET, /api/v1/nodes/w-1, get, nodes",
        "GET, /api/v1/namespaces/ns, get, namespaces",
        "DELETE, /api/v1/namespaces/ns/pods/agent-x, delete, pods",
        "POST, /api/v1/namespaces/ns/events, create, events",
        "PUT, /apis/coordination.k8s.io/v1/namespaces/ns/leases/l, update, leases",
        "PATCH, /apis/devicemgr.io/v1alpha1/deviceplugindeployments/a/status, patch, deviceplugindeployments/status",
        "GET, /apis, get, other",
        "GET, /apis/apps/v1, get, other",
        "GET, /version, get, other"
    })
    void readsWhatIsAskedForAndForgetsTheName(String method, String path, String verb, String resource) {
        assertThat(ApiPath.of(new StandardHttpRequest(Map.of(), URI.create("https://kubernetes" + path), method, null)))
                .isEqualTo(new ApiPath(verb, resource));
    }
}
