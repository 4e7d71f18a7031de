package io.devicemgr.testkit.kubelet;

import java.util.Map;
import java.util.Set;

/**
 * A container as far as devices are concerned: its limits of extended resources, whether it is a restartable init
 * container, and the resources that it has from DRA instead (rule 100).
 */
public record ContainerSpecification(
        String name, Map<String, Integer> limits, boolean restartable, Set<String> draResources) {

    public ContainerSpecification {
        limits = Map.copyOf(limits);
        draResources = Set.copyOf(draResources);
    }

    /** A plain container with these limits. */
    public static ContainerSpecification of(String name, Map<String, Integer> limits) {
        return new ContainerSpecification(name, limits, false, Set.of());
    }

    /** An init container that keeps running beside the app containers. */
    public static ContainerSpecification restartableInit(String name, Map<String, Integer> limits) {
        return new ContainerSpecification(name, limits, true, Set.of());
    }
}
