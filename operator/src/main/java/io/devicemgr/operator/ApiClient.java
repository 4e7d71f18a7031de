package io.devicemgr.operator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;

/** The client of the API server, set up for what happens to API servers. */
final class ApiClient {
    private static final int FABRIC8_TIMEOUT = Config.DEFAULT_REQUEST_TIMEOUT;
    /** Lists of large clusters take their time, above all when the API server has just come back. */
    private static final int TIMEOUT = 30_000;

    private ApiClient() {}

    /**
     * A client that reads what a newer or older half has written: fields that it does not know are left out, and values that
     * it does not know are none. Otherwise a single report could stop an informer.
     */
    static KubernetesClient of(Config connection, List<Interceptor> interceptors) {
        JsonMapper tolerant = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
                .build();
        int timeout = connection.getRequestTimeout();
        Config config = new ConfigBuilder(connection)
                .withRequestTimeout(timeout == FABRIC8_TIMEOUT ? TIMEOUT : timeout)
                // As every other client watches; web sockets are deprecated and a path of their own through proxies and
                // this client.
                .withOnlyHttpWatches(true)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(new KubernetesSerialization(tolerant, true))
                .withHttpClientBuilderConsumer(http -> interceptors.forEach(
                        each -> http.addOrReplaceInterceptor(each.getClass().getSimpleName(), each)))
                .build();
    }
}
