package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** The environment of a container, as a kubelet makes it: the API server's address, literal values, the downward API. */
final class ContainerEnvironment {
    private ContainerEnvironment() {}

    static Map<String, String> of(Pod pod, Container container, String podIp, URI apiServer, ContainerMounts mounts) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("KUBERNETES_SERVICE_HOST", apiServer.getHost());
        environment.put("KUBERNETES_SERVICE_PORT", Integer.toString(apiServer.getPort()));
        for (EnvVar variable : container.getEnv()) {
            environment.put(variable.getName(), mounts.map(value(variable, pod, podIp)));
        }
        return environment;
    }

    private static String value(EnvVar variable, Pod pod, String podIp) {
        if (variable.getValueFrom() == null) {
            return variable.getValue() == null ? "" : variable.getValue();
        }
        if (variable.getValueFrom().getFieldRef() == null) {
            throw new IllegalArgumentException(
                    "Variable " + variable.getName() + " comes from a source that simulated nodes lack");
        }
        String path = variable.getValueFrom().getFieldRef().getFieldPath();
        return switch (path) {
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "status.podIP" -> podIp;
            case "metadata.name" -> pod.getMetadata().getName();
            case "metadata.namespace" -> pod.getMetadata().getNamespace();
            case "metadata.uid" -> pod.getMetadata().getUid();
            default -> throw new IllegalArgumentException("Simulated nodes do not know the field " + path);
        };
    }
}
