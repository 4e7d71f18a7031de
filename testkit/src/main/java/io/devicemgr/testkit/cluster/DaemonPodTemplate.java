package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the DaemonSet controller makes of a template: tolerations for what ails a node, the hash of the template as a label,
 * and an affinity that names the node (pkg/controller/daemon/util in Kubernetes).
 */
final class DaemonPodTemplate {
    private static final String HASH = "controller-revision-hash";
    private static final String TAINT_PREFIX = "node.kubernetes.io/";

    private DaemonPodTemplate() {}

    /** Hash of the template; pods of the same template have the same. */
    static String hash(DaemonSet daemonSet) {
        return Integer.toHexString(
                Serialization.asJson(daemonSet.getSpec().getTemplate()).hashCode());
    }

    /** Hash of the template that a pod was made of. */
    static String hash(Pod pod) {
        return pod.getMetadata().getLabels().getOrDefault(HASH, "");
    }

    /** The template's tolerations and those that every pod of a DaemonSet has. */
    static List<Toleration> tolerations(PodSpec template) {
        List<Toleration> all = new ArrayList<>(template.getTolerations());
        for (String name : List.of("not-ready", "unreachable")) {
            addOrReplace(all, name, NodeFit.NO_EXECUTE);
        }
        for (String name : List.of("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")) {
            addOrReplace(all, name, NodeFit.NO_SCHEDULE);
        }
        if (Boolean.TRUE.equals(template.getHostNetwork())) {
            addOrReplace(all, "network-unavailable", NodeFit.NO_SCHEDULE);
        }
        return all;
    }

    private static void addOrReplace(List<Toleration> all, String name, String effect) {
        Toleration toleration = new TolerationBuilder()
                .withKey(TAINT_PREFIX + name)
                .withOperator("Exists")
                .withEffect(effect)
                .build();
        all.removeIf(t -> toleration.getKey().equals(t.getKey()) && effect.equals(t.getEffect()));
        all.add(toleration);
    }

    static Pod pod(DaemonSet daemonSet, String node) {
        PodTemplateSpec template = daemonSet.getSpec().getTemplate();
        Map<String, String> labels = new HashMap<>(template.getMetadata().getLabels());
        labels.put(HASH, hash(daemonSet));
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName(namePrefix(daemonSet))
                .withNamespace(daemonSet.getMetadata().getNamespace())
                .withLabels(labels)
                .withAnnotations(template.getMetadata().getAnnotations())
                .withOwnerReferences(owner(daemonSet))
                .endMetadata()
                .withSpec(template.getSpec())
                .editSpec()
                .withTolerations(tolerations(template.getSpec()))
                .withAffinity(bound(template.getSpec().getAffinity(), node))
                .endSpec()
                .build();
    }

    static String namePrefix(DaemonSet daemonSet) {
        return daemonSet.getMetadata().getName() + "-";
    }

    private static OwnerReference owner(DaemonSet daemonSet) {
        return new OwnerReference(
                "apps/v1",
                true,
                true,
                "DaemonSet",
                daemonSet.getMetadata().getName(),
                daemonSet.getMetadata().getUid());
    }

    /** Required node affinity is replaced: the controller has judged it already. */
    private static Affinity bound(Affinity affinity, String node) {
        return new AffinityBuilder(affinity == null ? new Affinity() : affinity)
                .editOrNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchField()
                .withKey("metadata.name")
                .withOperator("In")
                .withValues(node)
                .endMatchField()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .build();
    }
}
