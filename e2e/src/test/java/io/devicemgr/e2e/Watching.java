package io.devicemgr.e2e;

import com.marcnuri.helm.Helm;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The files with which the project is watched, read as Prometheus and Grafana read them, and what the chart makes of them. */
final class Watching {
    static final Path ALERTS = Chart.DIRECTORY.resolve("alerts");
    static final Path ALERT_TESTS = Line.project().resolve("e2e/src/test/alerts");
    static final Path DASHBOARD = Chart.DIRECTORY.resolve("dashboards/device-plugins.json");

    private Watching() {}

    static List<Map<String, Object>> groups() {
        return read(ALERTS).flatMap(file -> maps(file.get("groups"))).toList();
    }

    static List<AlertRule> rules() {
        return rules(groups().stream());
    }

    static List<AlertRule> rules(Stream<Map<String, Object>> groups) {
        return groups.flatMap(group -> maps(group.get("rules")))
                .map(AlertRule::of)
                .toList();
    }

    static Map<String, Object> dashboard() {
        return map(yaml(DASHBOARD));
    }

    /** All panels, those of a row that is folded included. */
    static Stream<Map<String, Object>> panels() {
        return maps(dashboard().get("panels"))
                .flatMap(panel -> Stream.concat(Stream.of(panel), maps(panel.get("panels"))));
    }

    /** What the panels ask Prometheus, with Grafana's variables as Grafana would fill them in. */
    static List<String> dashboardExpressions() {
        Stream<String> targets =
                panels().flatMap(panel -> maps(panel.get("targets"))).map(target -> (String) target.get("expr"));
        Stream<String> annotations = maps(map(dashboard().get("annotations")).get("list"))
                .map(annotation -> (String) annotation.get("expr"));
        return Stream.concat(targets, annotations)
                .filter(Objects::nonNull)
                .map(expr -> expr.replace("$__rate_interval", "5m").replaceAll("\\$\\w+", ".*"))
                .toList();
    }

    static Stream<Map<String, Object>> read(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList().stream().map(file -> map(yaml(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the chart makes of values, in its own objects only. */
    static List<HasMetadata> chart(String values) throws IOException {
        Path file = Files.createTempFile("values", ".yaml");
        try {
            Files.writeString(file, values);
            String yaml = new Helm(Chart.DIRECTORY)
                    .template()
                    .withName("test")
                    .withNamespace(SimulatedCluster.NAMESPACE)
                    .withKubeVersion(SimulatedCluster.KUBELET_VERSION)
                    .withValuesFile(file)
                    .call();
            return ((Collection<?>) new KubernetesSerialization().<Object>unmarshal(yaml))
                    .stream().map(HasMetadata.class::cast).toList();
        } finally {
            Files.delete(file);
        }
    }

    static GenericKubernetesResource only(List<HasMetadata> objects, String kind) {
        List<HasMetadata> found =
                objects.stream().filter(object -> object.getKind().equals(kind)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects of kind " + kind);
        }
        return Serialization.clone(generic(found.get(0)));
    }

    private static GenericKubernetesResource generic(HasMetadata object) {
        return Serialization.unmarshal(Serialization.asYaml(object), GenericKubernetesResource.class);
    }

    static Object yaml(Path file) {
        try {
            return Serialization.unmarshal(Files.readString(file), Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    static Stream<Map<String, Object>> maps(Object list) {
        return list == null ? Stream.of() : ((List<?>) list).stream().map(Watching::map);
    }
}
