package io.devicemgr.operator.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A node's turn in a rollout. It is written on the node's report before the agent is replaced and taken away when the node has
 * passed, so that whoever looks next, an operator that was started since included, knows what the node was like before.
 *
 * @param target the revision that is tried
 * @param from the revision before
 * @param since when the turn began
 * @param agentReady whether the agent was ready before: a node that did not work can only get better
 * @param healthy how many devices of each resource were healthy before
 * @param ids their ids; a resource whose devices the report could not list all is left out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Trial(
        String target,
        String from,
        String since,
        boolean agentReady,
        Map<String, Integer> healthy,
        Map<String, List<String>> ids) {

    /** Where it is written on a NodeDeviceReport. */
    public static final String ANNOTATION = "devicemgr.io/trial";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public Trial {
        target = target == null ? "" : target;
        from = from == null ? "" : from;
        healthy = healthy == null ? Map.of() : Map.copyOf(healthy);
        ids = ids == null ? Map.of() : Map.copyOf(ids);
    }

    /**
     * The turn that begins now on a node.
     *
     * @param agentReady whether its agent works
     */
    public static Trial begin(NodeView node, String target, boolean agentReady, Instant now) {
        Map<String, Integer> healthy = new TreeMap<>();
        Map<String, List<String>> ids = new TreeMap<>();
        for (String resource : node.resources()) {
            healthy.put(resource, node.healthy(resource));
            if (!cutShort(node)) {
                ids.put(resource, healthyIds(node, resource));
            }
        }
        return new Trial(
                target,
                node.pod().map(AgentPod::revision).orElse(""),
                Timestamps.format(now),
                agentReady,
                healthy,
                ids);
    }

    /**
     * The same memory of what was before, for a turn that begins again, with the same revision or with another one.
     *
     * @param works whether its agent works now, even if it did not before
     */
    public Trial again(String revision, boolean works, Instant now) {
        return new Trial(revision, from, Timestamps.format(now), agentReady || works, healthy, ids);
    }

    /** When the turn began. */
    public Instant began() {
        return Timestamps.parse(since);
    }

    /** The turn that is written on a report; one that nobody can read is none. */
    public static Optional<Trial> on(NodeDeviceReport report) {
        return Optional.ofNullable(report.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(ANNOTATION))
                .flatMap(Trial::read);
    }

    /** The annotation's value. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A trial cannot be written as JSON", e);
        }
    }

    static Optional<Trial> read(String json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, Trial.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean cutShort(NodeView node) {
        return node.report()
                .map(NodeDeviceReportStatus::truncated)
                .map(Boolean.TRUE::equals)
                .orElse(false);
    }

    private static List<String> healthyIds(NodeView node, String resource) {
        return node.devices().stream()
                .filter(device -> resource.equals(device.resource()) && device.health() == DeviceHealth.Healthy)
                .map(Device::id)
                .sorted()
                .collect(Collectors.toList());
    }
}
