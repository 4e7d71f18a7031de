package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.ApiGroup;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the operator keeps of an object, which is what it uses of it: a large cluster has many nodes and pods. Whoever wants to
 * know more of an object adds it here; what is not kept starts no loop either ({@link Changes}).
 */
final class Trim {
    private static final Shared SHARED = new Shared();
    private static final String READY = "Ready";
    private static final int EVENT_MESSAGE = 1000;
    /** What the machine config operator says about a node; other annotations are many and long. */
    private static final Set<String> MACHINE_CONFIG = Set.of(
            "machineconfiguration.openshift.io/currentConfig",
            "machineconfiguration.openshift.io/desiredConfig",
            "machineconfiguration.openshift.io/state",
            "machineconfiguration.openshift.io/reason");

    private Trim() {}

    /** Labels, taints, whether it is cordoned and ready, and the extended resources that it advertises. */
    static Node node(Node node) {
        Node kept = new Node();
        kept.setMetadata(metadata(node));
        NodeSpec spec = new NodeSpec();
        if (node.getSpec() != null) {
            spec.setTaints(node.getSpec().getTaints());
            spec.setUnschedulable(node.getSpec().getUnschedulable());
        }
        kept.setSpec(spec);
        NodeStatus status = new NodeStatus();
        if (node.getStatus() != null) {
            status.setAllocatable(extended(node.getStatus().getAllocatable()));
            status.setConditions(node.getStatus().getConditions().stream()
                    .filter(condition -> READY.equals(condition.getType()))
                    .map(Trim::condition)
                    .toList());
        }
        kept.setStatus(status);
        return kept;
    }

    private static Map<String, Quantity> extended(Map<String, Quantity> allocatable) {
        return allocatable == null
                ? Map.of()
                : SHARED.one(allocatable.entrySet().stream()
                        .filter(entry -> entry.getKey().indexOf('/') > 0)
                        .collect(Collectors.toUnmodifiableMap(
                                entry -> SHARED.text(entry.getKey()), entry -> SHARED.one(entry.getValue()))));
    }

    /** Without the time of the last heartbeat. */
    private static NodeCondition condition(NodeCondition condition) {
        return SHARED.one(new NodeConditionBuilder()
                .withType(READY)
                .withStatus(SHARED.text(condition.getStatus()))
                .withReason(SHARED.text(condition.getReason()))
                .withLastTransitionTime(condition.getLastTransitionTime())
                .build());
    }

    /** Where it runs and, unless it is ready, why it does not. */
    static Pod pod(Pod pod) {
        Pod kept = new Pod();
        kept.setMetadata(metadata(pod));
        PodSpec spec = new PodSpec();
        String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
        spec.setNodeName(node);
        if (pod.getSpec() != null && (node == null || node.isEmpty())) {
            spec.setAffinity(pod.getSpec().getAffinity());
        }
        kept.setSpec(spec);
        if (pod.getStatus() != null) {
            kept.setStatus(status(pod.getStatus()));
        }
        return kept;
    }

    private static PodStatus status(PodStatus status) {
        PodStatus kept = new PodStatus();
        kept.setPhase(SHARED.text(status.getPhase()));
        kept.setReason(status.getReason());
        kept.setMessage(status.getMessage());
        boolean ready = status.getConditions().stream().anyMatch(Trim::isReady);
        if (ready) {
            kept.setConditions(status.getConditions().stream()
                    .filter(Trim::isReady)
                    .map(condition -> SHARED.one(new PodConditionBuilder()
                            .withType(READY)
                            .withStatus("True")
                            .withLastTransitionTime(condition.getLastTransitionTime())
                            .build()))
                    .toList());
        } else {
            kept.setPodIP(status.getPodIP());
            kept.setConditions(status.getConditions());
            kept.setInitContainerStatuses(status.getInitContainerStatuses());
            kept.setContainerStatuses(status.getContainerStatuses());
        }
        return kept;
    }

    private static boolean isReady(PodCondition condition) {
        return READY.equals(condition.getType()) && "True".equals(condition.getStatus());
    }

    /** All of it, since a report is made for the operator, but each text only once in memory. */
    static NodeDeviceReport report(NodeDeviceReport report) {
        NodeDeviceReport kept = new NodeDeviceReport();
        kept.setMetadata(metadata(report));
        NodeDeviceReportSpec spec = report.getSpec();
        kept.setSpec(
                spec == null
                        ? null
                        : new NodeDeviceReportSpec(SHARED.text(spec.deployment()), SHARED.text(spec.nodeName())));
        kept.setStatus(report.getStatus() == null ? null : status(report.getStatus()));
        return kept;
    }

    private static NodeDeviceReportStatus status(NodeDeviceReportStatus status) {
        return new NodeDeviceReportStatus(
                SHARED.text(status.agentVersion()),
                SHARED.text(status.revision()),
                status.kubeletSocket(),
                status.watchMode(),
                SHARED.one(status.summary()),
                status.resources().stream().map(Trim::resource).toList(),
                status.devices().stream().map(Trim::device).toList(),
                status.nothingFound(),
                status.truncated(),
                status.settingsError());
    }

    private static Resource resource(Resource resource) {
        return new Resource(
                SHARED.text(resource.name()),
                resource.registered(),
                resource.verified(),
                SHARED.text(resource.since()),
                SHARED.text(resource.lastError()),
                resource.devices(),
                resource.healthy(),
                resource.allocated(),
                resource.offered());
    }

    private static Device device(Device device) {
        return new Device(
                SHARED.text(device.resource()),
                SHARED.text(device.id()),
                SHARED.texts(device.paths()),
                SHARED.text(device.sysfsPath()),
                device.health(),
                device.reason(),
                SHARED.text(device.message()),
                SHARED.text(device.since()),
                device.numaNode(),
                device.allocatedTo());
    }

    /** Some messages are long, and many nodes may say the same. */
    static Event event(Event event) {
        String message = event.getMessage() == null ? "" : event.getMessage();
        return new EventBuilder()
                .withMetadata(metadata(event))
                .withInvolvedObject(event.getInvolvedObject())
                .withReason(event.getReason())
                .withMessage(SHARED.text(message.substring(0, Math.min(message.length(), EVENT_MESSAGE))))
                .withLastTimestamp(event.getLastTimestamp())
                .withEventTime(event.getEventTime())
                .build();
    }

    static <T extends HasMetadata> T withoutManagedFields(T object) {
        object.getMetadata().setManagedFields(null);
        return object;
    }

    private static ObjectMeta metadata(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        ObjectMeta kept = new ObjectMeta();
        kept.setName(metadata.getName());
        kept.setNamespace(SHARED.text(metadata.getNamespace()));
        kept.setUid(metadata.getUid());
        kept.setResourceVersion(metadata.getResourceVersion());
        kept.setLabels(SHARED.map(metadata.getLabels()));
        kept.setAnnotations(used(metadata.getAnnotations()));
        kept.setCreationTimestamp(metadata.getCreationTimestamp());
        kept.setDeletionTimestamp(metadata.getDeletionTimestamp());
        return kept;
    }

    private static Map<String, String> used(Map<String, String> annotations) {
        Map<String, String> used = new TreeMap<>();
        if (annotations != null) {
            annotations.forEach((key, value) -> {
                if (key.startsWith(ApiGroup.NAME + "/") || MACHINE_CONFIG.contains(key)) {
                    used.put(key, value);
                }
            });
        }
        return SHARED.map(used);
    }
}
