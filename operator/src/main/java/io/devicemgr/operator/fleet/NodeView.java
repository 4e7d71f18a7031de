package io.devicemgr.operator.fleet;

import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One selected node: its agent and what the agent reports.
 *
 * @param pod the agent; of several the one that is not being deleted
 * @param report what the agent reports, if it exists
 * @param stale whether there is a report but no agent that could keep it up to date
 * @param trial the revision that the node has got in its turn and has not passed yet
 */
public record NodeView(
        Node node,
        Optional<AgentPod> pod,
        Optional<NodeDeviceReportStatus> report,
        boolean stale,
        Optional<Trial> trial) {

    /** Name of the node. */
    public String name() {
        return node.getMetadata().getName();
    }

    /** The devices that the report lists. */
    public List<Device> devices() {
        return report.map(NodeDeviceReportStatus::devices).orElse(List.of());
    }

    /** What the kubelet, and whoever listens to it, say of the node. */
    public Stream<NodeCondition> conditions() {
        return node.getStatus() == null || node.getStatus().getConditions() == null
                ? Stream.of()
                : node.getStatus().getConditions().stream().filter(Objects::nonNull);
    }

    /** Whether the kubelet says that the node is ready, and can be heard. */
    public boolean nodeReady() {
        return isReady(node);
    }

    /** Since when it is ready, or not ready. */
    public Instant nodeReadinessSince() {
        return conditions()
                .filter(condition -> "Ready".equals(condition.getType()))
                .findFirst()
                .map(condition -> Timestamps.parse(condition.getLastTransitionTime()))
                .orElse(Instant.EPOCH);
    }

    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition ->
                                "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /** Whether it is closed for new pods, as before maintenance. */
    public boolean cordoned() {
        return node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
    }

    /** When it joined the cluster. */
    public Instant createdAt() {
        return Timestamps.parse(node.getMetadata().getCreationTimestamp());
    }

    /** Whether the agent is ready: every resource registered and streaming. */
    public boolean agentReady() {
        return pod.map(AgentPod::ready).orElse(false);
    }

    /** Whether the report comes from the agent that runs now, and not from the one before. */
    public boolean reportIsCurrent() {
        return report.isPresent()
                && (report.get().revision() == null
                        || pod.map(AgentPod::revision)
                                .orElse("")
                                .equals(report.get().revision()));
    }

    /** What the report tells of a resource; nothing when the agent does not know it. */
    public Optional<Resource> resource(String name) {
        return registrations().filter(found -> name.equals(found.name())).findFirst();
    }

    /** Names of the resources that the report tells of. */
    public Set<String> resources() {
        return Stream.concat(
                        registrations().map(Resource::name), devices().stream().map(Device::resource))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** Number of devices. */
    public int total() {
        return resources().stream().mapToInt(this::total).sum();
    }

    /** Number of healthy devices. */
    public int healthy() {
        return resources().stream().mapToInt(this::healthy).sum();
    }

    /** Number of devices that containers hold. */
    public int allocated() {
        return resources().stream().mapToInt(this::allocated).sum();
    }

    /** Number of devices of a resource. */
    public int total(String resource) {
        return count(resource, Resource::devices, device -> true);
    }

    /** Number of healthy devices of a resource. */
    public int healthy(String resource) {
        return count(resource, Resource::healthy, device -> device.health() == DeviceHealth.Healthy);
    }

    /** Number of devices of a resource that containers hold. */
    public int allocated(String resource) {
        return count(
                resource, Resource::allocated, device -> !device.allocatedTo().isEmpty());
    }

    /** What the node must advertise: the healthy ids on the kubelet's list, which are more than devices where these are shared. */
    public int offered(DeviceResource resource) {
        return registrations()
                .filter(found -> resource.name().equals(found.name()))
                .map(Resource::offered)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> healthy(resource.name()) * resource.sharing().replicas());
    }

    /** The agent's own count where it has one, because its list of devices may be cut short. */
    private int count(String resource, Function<Resource, Integer> told, Predicate<Device> counted) {
        return registrations()
                .filter(found -> resource.equals(found.name()))
                .map(told)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> (int) devices().stream()
                        .filter(device -> resource.equals(device.resource()) && counted.test(device))
                        .count());
    }

    private Stream<Resource> registrations() {
        return report.stream().flatMap(found -> found.resources().stream());
    }

    /** What the node advertises; a resource that it does not name counts as none. */
    public int allocatable(String resource) {
        Map<String, Quantity> allocatable =
                node.getStatus() == null ? null : node.getStatus().getAllocatable();
        Quantity quantity = allocatable == null ? null : allocatable.get(resource);
        return quantity == null ? 0 : quantity.getNumericalAmount().intValue();
    }
}
