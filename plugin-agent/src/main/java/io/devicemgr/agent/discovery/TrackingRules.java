package io.devicemgr.agent.discovery;

import io.devicemgr.api.v1alpha1.DeviceResource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How devices are kept.
 *
 * @param probed resources whose devices are unhealthy until the probes have spoken
 * @param renewed resources whose devices go on under new numbers at once, because containers get the newest at each start (CDI)
 * @param forgetAfter how long a device must have been gone, and held by nobody, until it is dropped from the list
 */
record TrackingRules(Set<String> probed, Set<String> renewed, Duration forgetAfter) {
    /** Longer than a node takes to reboot, so that ids are still there when the pods come back. */
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

    TrackingRules {
        probed = Set.copyOf(probed);
        renewed = Set.copyOf(renewed);
    }

    static TrackingRules of(List<DeviceResource> resources) {
        Set<String> probed = resources.stream()
                .filter(resource -> !resource.health().probes().isEmpty())
                .map(DeviceResource::name)
                .collect(Collectors.toSet());
        Set<String> renewed = resources.stream()
                .filter(resource -> resource.allocate().cdi().enabled())
                .map(DeviceResource::name)
                .collect(Collectors.toSet());
        return new TrackingRules(probed, renewed, FORGET_AFTER);
    }
}
