package io.devicemgr.e2e;

import com.marcnuri.helm.Helm;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The Helm chart, rendered by the real Helm engine with default values. */
final class Chart {
    static final Path DIRECTORY = Line.project().resolve("helm");

    private Chart() {}

    static List<HasMetadata> render() {
        String yaml = new Helm(DIRECTORY)
                .template()
                .withName("test")
                .withNamespace(SimulatedCluster.NAMESPACE)
                .withKubeVersion(SimulatedCluster.KUBELET_VERSION)
                .call();
        Object parsed = new KubernetesSerialization().unmarshal(yaml);
        return ((Collection<?>) parsed).stream().map(HasMetadata.class::cast).toList();
    }

    static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> type, String name) {
        return objects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
