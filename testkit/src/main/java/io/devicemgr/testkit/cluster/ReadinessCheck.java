package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/** A readiness probe over HTTP, as a kubelet makes it. A container without a probe is ready when it runs. */
final class ReadinessCheck {
    private static final int DEFAULT_PERIOD_SECONDS = 10;

    private ReadinessCheck() {}

    static Duration period(Container container) {
        Probe probe = container.getReadinessProbe();
        return Duration.ofSeconds(
                probe == null || probe.getPeriodSeconds() == null ? DEFAULT_PERIOD_SECONDS : probe.getPeriodSeconds());
    }

    /** @param ports where a port of the pod really is */
    static boolean passes(Container container, String podIp, IntUnaryOperator ports) {
        Probe probe = container.getReadinessProbe();
        if (probe == null || probe.getHttpGet() == null) {
            return true;
        }
        HTTPGetAction get = probe.getHttpGet();
        int seconds = Objects.requireNonNullElse(probe.getTimeoutSeconds(), 1);
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(
                            "http://" + podIp + ":" + ports.applyAsInt(port(container, get.getPort())) + get.getPath())
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(seconds * 1000);
            connection.setReadTimeout(seconds * 1000);
            try {
                return connection.getResponseCode() >= 200 && connection.getResponseCode() < 400;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static int port(Container container, IntOrString port) {
        if (port.getIntVal() != null) {
            return port.getIntVal();
        }
        return container.getPorts().stream()
                .filter(p -> port.getStrVal().equals(p.getName()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No port " + port.getStrVal()))
                .getContainerPort();
    }
}
