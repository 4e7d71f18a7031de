package io.devicemgr.operator.leader;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.function.BooleanSupplier;

/**
 * Keeps an operator that does not lead from writing: a thread that has slept for long, together with its machine perhaps, would
 * otherwise finish what it had begun while another one acts already. Leases are written to find out who leads.
 */
public final class Fence implements Interceptor {
    private final BooleanSupplier leads;

    /** Makes a fence that is open while {@code leads} says so. */
    public Fence(BooleanSupplier leads) {
        this.leads = leads;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        boolean free =
                "GET".equals(request.method()) || request.uri().getPath().startsWith("/apis/coordination.k8s.io/");
        if (!free && !leads.getAsBoolean()) {
            throw new KubernetesClientException("this operator does not lead (any more) and must not write");
        }
    }
}
