package io.devicemgr.operator.telemetry;

import io.devicemgr.metrics.Counter;
import io.devicemgr.metrics.MetricRegistry;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;

/** Counts what is asked of the API server, each attempt for itself. */
public final class ApiRequests implements Interceptor {
    private final Counter requests;
    private final Counter statusWrites;

    ApiRequests(MetricRegistry registry) {
        requests = registry.counter(
                "api_requests_total",
                "Requests to the API server by the status code of the answer; unreachable when there was none.",
                "verb",
                "resource",
                "code");
        statusWrites = registry.counter("status_writes_total", "Statuses of deployments that were written.");
        statusWrites.expect();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        ApiPath path = ApiPath.of(request);
        requests.increment(path.verb(), path.resource(), Integer.toString(response.code()));
        if (path.resource().equals("deviceplugindeployments/status")
                && !path.verb().equals("get")
                && response.isSuccessful()) {
            statusWrites.increment();
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        ApiPath path = ApiPath.of(request);
        requests.increment(path.verb(), path.resource(), "unreachable");
    }
}
