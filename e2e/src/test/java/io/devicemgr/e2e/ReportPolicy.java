package io.devicemgr.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Collectors;

/** The policy of the chart that holds every agent to its own report, as it is installed. */
final class ReportPolicy {
    static final String YAML = Chart.render().stream()
            .filter(object -> object.getApiVersion().startsWith("admissionregistration.k8s.io/"))
            .map(ReportPolicy::document)
            .collect(Collectors.joining("---\n"));

    private ReportPolicy() {}

    private static String document(HasMetadata object) {
        return Serialization.asYaml(object);
    }
}
