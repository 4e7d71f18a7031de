package io.devicemgr.testkit.kubelet;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A pod as far as the Device Manager is concerned. The uid is its identity. */
public record PodSpecification(
        String uid,
        String namespace,
        String name,
        List<ContainerSpecification> initContainers,
        List<ContainerSpecification> containers) {

    public PodSpecification {
        initContainers = List.copyOf(initContainers);
        containers = List.copyOf(containers);
    }

    /** A pod in namespace {@code default} with one container {@code main} that asks for {@code count} devices. */
    public static PodSpecification of(String name, String resource, int count) {
        return of(name, ContainerSpecification.of("main", Map.of(resource, count)));
    }

    /** A pod in namespace {@code default} with these app containers. */
    public static PodSpecification of(String name, ContainerSpecification... containers) {
        return new PodSpecification("uid-" + name, "default", name, List.of(), List.of(containers));
    }

    /** The same pod with these init containers. */
    public PodSpecification withInitContainers(ContainerSpecification... containersBefore) {
        return new PodSpecification(uid, namespace, name, List.of(containersBefore), containers);
    }

    /** Takes the extended resource limits (names with a slash) of a Kubernetes pod; without a uid its name serves. */
    public static PodSpecification of(Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        String namespace = Objects.requireNonNullElse(meta.getNamespace(), "default");
        String uid = Objects.requireNonNullElse(meta.getUid(), namespace + "/" + meta.getName());
        Map<String, Set<String>> dra = draMapping(pod);
        return new PodSpecification(
                uid,
                namespace,
                meta.getName(),
                pod.getSpec().getInitContainers().stream()
                        .map(c -> container(c, dra))
                        .toList(),
                pod.getSpec().getContainers().stream()
                        .map(c -> container(c, dra))
                        .toList());
    }

    Stream<ContainerSpecification> allContainers() {
        return Stream.concat(initContainers.stream(), containers.stream());
    }

    ContainerSpecification container(String containerName) {
        return allContainers()
                .filter(c -> c.name().equals(containerName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Pod " + name + " has no container " + containerName));
    }

    /** The pod's effective request: app containers and sidecars together, or one init container if that is more. */
    int effectiveRequest(String resource) {
        int sidecars = 0;
        int largest = 0;
        for (ContainerSpecification init : initContainers) {
            int wanted = init.limits().getOrDefault(resource, 0);
            largest = Math.max(largest, sidecars + wanted);
            sidecars += init.restartable() ? wanted : 0;
        }
        int apps = containers.stream()
                .mapToInt(c -> c.limits().getOrDefault(resource, 0))
                .sum();
        return Math.max(largest, sidecars + apps);
    }

    private static ContainerSpecification container(Container container, Map<String, Set<String>> dra) {
        Map<String, Integer> limits = new HashMap<>();
        if (container.getResources() != null && container.getResources().getLimits() != null) {
            container.getResources().getLimits().forEach((name, quantity) -> addExtended(limits, name, quantity));
        }
        return new ContainerSpecification(
                container.getName(),
                limits,
                "Always".equals(container.getRestartPolicy()),
                dra.getOrDefault(container.getName(), Set.of()));
    }

    private static void addExtended(Map<String, Integer> limits, String name, Quantity quantity) {
        if (name.contains("/")) {
            limits.put(name, quantity.getNumericalAmount().intValueExact());
        }
    }

    private static Map<String, Set<String>> draMapping(Pod pod) {
        return Optional.ofNullable(pod.getStatus())
                .map(PodStatus::getExtendedResourceClaimStatus)
                .map(PodExtendedResourceClaimStatus::getRequestMappings)
                .orElse(List.of())
                .stream()
                .collect(Collectors.groupingBy(
                        ContainerExtendedResourceRequest::getContainerName,
                        Collectors.mapping(ContainerExtendedResourceRequest::getResourceName, Collectors.toSet())));
    }
}
