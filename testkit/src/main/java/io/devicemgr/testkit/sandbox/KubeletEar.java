package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.testkit.cluster.SimulatedNode;
import java.util.concurrent.atomic.AtomicLong;

/** Notes when a node's kubelet first hears of an unhealthy device. */
final class KubeletEar {
    private final AtomicLong heardAt = new AtomicLong();

    KubeletEar(SimulatedNode node) {
        node.kubelet().onList((resource, devices, nanos) -> {
            if (devices.stream().anyMatch(d -> d.getHealth().equals(DeviceHealth.Unhealthy.name()))) {
                heardAt.compareAndSet(0, nanos);
            }
        });
    }

    /** Milliseconds between a moment (of {@link System#nanoTime()}) and the news; not a number while there is none. */
    double millisSince(long start) {
        return heardAt.get() == 0 ? Double.NaN : (heardAt.get() - start) / 1e6;
    }
}
