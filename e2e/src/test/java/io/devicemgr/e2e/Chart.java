package io.devicemgr.e2e;

import com.marcnuri.helm.Helm;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The Helm chart, rendered by the real Helm engine. */
final class Chart {
    static final Path DIRECTORY = Line.project().resolve("helm");

    private Chart() {}

    /** With the default values. */
    static List<HasMetadata> render() {
        return render("");
    }

    /** With values as YAML. */
    static List<HasMetadata> render(String values) {
        Object parsed = new KubernetesSerialization().unmarshal(yaml(values));
        return ((Collection<?>) parsed).stream().map(HasMetadata.class::cast).toList();
    }

    /** All documents with values as YAML; what the engine has to complain about is in the message of the exception. */
    static String yaml(String values) {
        return new Helm(DIRECTORY)
                .template()
                .withName(Release.NAME)
                .withNamespace(SimulatedCluster.NAMESPACE)
                .withKubeVersion(SimulatedCluster.KUBELET_VERSION)
                .withValuesFile(Release.temporary("values", values))
                .call();
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
