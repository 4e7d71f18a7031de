package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the Device Manager reads of a Kubernetes pod. */
class PodSpecificationTest {
    private static final String POD = """
            metadata: {name: reader, namespace: lab, uid: "7"}
            spec:
              initContainers:
              - name: prepare
                resources: {limits: {example.com/serial: "1"}}
              - name: sidecar
                restartPolicy: Always
                resources: {limits: {example.com/serial: "2"}}
              containers:
              - name: main
                resources: {limits: {cpu: 500m, example.com/serial: "2", example.com/camera: "1"}}
              - name: bare
            status:
              extendedResourceClaimStatus:
                resourceClaimName: reader-extended-resources-x
                requestMappings:
                - {containerName: main, resourceName: example.com/camera, requestName: r0}
            """;

    private final PodSpecification pod = PodSpecification.of(Serialization.unmarshal(POD, Pod.class));

    @Test
    void limitsOfExtendedResourcesAreTaken() {
        assertThat(pod)
                .isEqualTo(new PodSpecification(
                        "7",
                        "lab",
                        "reader",
                        List.of(
                                ContainerSpecification.of("prepare", Map.of("example.com/serial", 1)),
                                ContainerSpecification.restartableInit("sidecar", Map.of("example.com/serial", 2))),
                        List.of(
                                new ContainerSpecification(
                                        "main",
                                        Map.of("example.com/serial", 2, "example.com/camera", 1),
                                        false,
                                        Set.of("example.com/camera")),
                                ContainerSpecification.of("bare", Map.of()))));
    }

    @Test
    void effectiveRequestAddsSidecarsToAppContainers() {
        assertThat(pod.effectiveRequest("example.com/serial")).isEqualTo(4);
        assertThat(pod.effectiveRequest("example.com/none")).isZero();
    }
}
