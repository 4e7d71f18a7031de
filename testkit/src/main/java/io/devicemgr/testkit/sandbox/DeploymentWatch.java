package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Follows one deployment: tells of every change and lets a caller wait for what it should come to. */
public final class DeploymentWatch implements AutoCloseable {
    private final SharedIndexInformer<DevicePluginDeployment> informer;
    private final List<Consumer<DevicePluginDeployment>> listeners = new ArrayList<>();
    private DevicePluginDeployment latest;
    private long latestNanos;

    /** Starts to follow the deployment of that name. */
    public DeploymentWatch(KubernetesClient client, String name) {
        informer = client.resources(DevicePluginDeployment.class).withName(name).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(DevicePluginDeployment deployment) {
                changed(deployment);
            }

            @Override
            public void onUpdate(DevicePluginDeployment before, DevicePluginDeployment deployment) {
                changed(deployment);
            }

            @Override
            public void onDelete(DevicePluginDeployment deployment, boolean stateUnknown) {
                changed(null);
            }
        });
    }

    private synchronized void changed(DevicePluginDeployment deployment) {
        latest = deployment;
        latestNanos = System.nanoTime();
        if (deployment != null) {
            listeners.forEach(listener -> listener.accept(deployment));
        }
        notifyAll();
    }

    /** Calls back on every change, one at a time. */
    public synchronized void onChange(Consumer<DevicePluginDeployment> listener) {
        listeners.add(listener);
    }

    /** The deployment as it was seen last; empty when it is not there. */
    public synchronized Optional<DevicePluginDeployment> latest() {
        return Optional.ofNullable(latest);
    }

    /**
     * Waits until the deployment is as expected.
     *
     * @return when that was seen, in the time of {@link System#nanoTime()}; empty when the limit has passed
     */
    public synchronized Optional<Long> await(Predicate<DevicePluginDeployment> expected, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (latest == null || !expected.test(latest)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return Optional.of(latestNanos);
    }

    @Override
    public void close() {
        informer.stop();
    }
}
