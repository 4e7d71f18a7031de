package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.testkit.cluster.SimulatedNode;
import java.util.concurrent.atomic.AtomicLong;

/** Notes when a node's kubelet first hears of an unhealthy device. */
final class KubeletEar {
    private final AtomicLong unhealthyAt = new AtomicLong();

    KubeletEar(SimulatedNode node) {
        node.kubelet().onList((resource, devices, nanos) -> {
            if (devices.stream().anyMatch(d -> d.getHealth().equals(DeviceHealth.Unhealthy.name()))) {
                unhealthyAt.compareAndSet(0, nanos);
            }
        });
    }

    double millisUntil(DeviceHealth health, long since) {
        return (unhealthyAt.get() - since) / 1e6;
    }
}
