package io.devicemgr.e2e;

import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that a cluster holds, in lines: every object of every kind that the API server tells of, with its labels, annotations and
 * finalizers; what nodes advertise; and the files in what the nodes have for device plugins. Events are left out: they go by
 * themselves within the hour.
 */
final class Dump {
    private static final List<String> DIRECTORIES =
            List.of("/var/lib/kubelet/device-plugins", "/var/lib/kubelet/plugins_registry", "/var/run/cdi");

    /** Kubelets write it with the first registration, and keep it. */
    private static final String KUBELETS_OWN = "kubelet_internal_checkpoint";

    private Dump() {}

    static Set<String> of(SimulatedCluster cluster) {
        Set<String> lines = new TreeSet<>();
        KubernetesClient client = cluster.client();
        client.getApiResources("v1").getResources().forEach(kind -> objects(client, "", "v1", kind, lines));
        client.getApiGroups().getGroups().forEach(group -> {
            String version = group.getPreferredVersion().getVersion();
            client.getApiResources(group.getName() + "/" + version)
                    .getResources()
                    .forEach(kind -> objects(client, group.getName(), version, kind, lines));
        });
        client.nodes().list().getItems().forEach(node -> advertised(node, lines));
        cluster.nodes().values().forEach(node -> DIRECTORIES.forEach(directory -> files(node, directory, lines)));
        return lines;
    }

    private static void objects(
            KubernetesClient client, String group, String version, APIResource kind, Set<String> lines) {
        if (kind.getKind().equals("Event") || !kind.getVerbs().contains("list")) {
            return;
        }
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind.getKind())
                .withPlural(kind.getName())
                .withNamespaced(kind.getNamespaced())
                .build();
        var all = client.genericKubernetesResources(context);
        List<GenericKubernetesResource> objects = kind.getNamespaced()
                ? all.inAnyNamespace().list().getItems()
                : all.list().getItems();
        objects.forEach(object -> {
            String name = kind.getName() + " " + object.getMetadata().getNamespace() + "/"
                    + object.getMetadata().getName();
            lines.add(name);
            marks(name + " label ", object.getMetadata().getLabels(), lines);
            marks(name + " annotation ", object.getMetadata().getAnnotations(), lines);
            object.getMetadata().getFinalizers().forEach(each -> lines.add(name + " finalizer " + each));
        });
    }

    private static void marks(String prefix, Map<String, ?> marks, Set<String> lines) {
        if (marks != null) {
            marks.keySet().forEach(each -> lines.add(prefix + each));
        }
    }

    private static void advertised(Node node, Set<String> lines) {
        String name = "node " + node.getMetadata().getName();
        marks(name + " capacity ", node.getStatus().getCapacity(), lines);
        marks(name + " allocatable ", node.getStatus().getAllocatable(), lines);
    }

    private static void files(SimulatedNode node, String directory, Set<String> lines) {
        Path path = node.hostPath(directory);
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            files.filter(file -> !file.endsWith(KUBELETS_OWN))
                    .forEach(file -> lines.add(node.name() + " " + directory + "/" + file.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
