package io.devicemgr.operator.rollout;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.operator.fleet.NodeView;
import io.devicemgr.operator.fleet.Timestamps;
import io.devicemgr.operator.fleet.Trial;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges whether a node has passed: its agent is ready, of the revision, has said so in its report; every resource is registered;
 * no device that was healthy before is unhealthy or gone; and the node advertises what the agent offers.
 */
final class Gate {
    /** What the agents are to offer; nothing when nobody knows. */
    private final List<DeviceResource> resources;

    private final boolean discoverOnly;
    private final Map<String, AgentSettings> revisions;

    /**
     * @param revision of the agents
     * @param revisions what the agents of each revision are told, as far as it is known
     */
    Gate(String revision, Map<String, AgentSettings> revisions) {
        Optional<AgentSettings> settings = Optional.ofNullable(revisions.get(revision));
        this.resources = settings.map(AgentSettings::resources).orElse(List.of());
        this.discoverOnly = settings.map(AgentSettings::discoverOnly).orElse(false);
        this.revisions = revisions;
    }

    /** How a node did. */
    sealed interface Result {
        /** As it should be. */
        record Passed() implements Result {}

        /** Not yet. */
        record Waiting(String reason) implements Result {}

        /** A device was healthy before and is not now, since that moment. */
        record Worse(String reason, Instant since) implements Result {}
    }

    /** Judges a node that has an agent of the revision. */
    Result judge(NodeView node) {
        Optional<String> waiting = notServing(node);
        if (waiting.isPresent()) {
            return new Result.Waiting(waiting.get());
        }
        Optional<Result> worse = node.trial().flatMap(trial -> worse(node, trial));
        return worse.orElseGet(
                () -> unadvertised(node).<Result>map(Result.Waiting::new).orElseGet(Result.Passed::new));
    }

    private Optional<String> notServing(NodeView node) {
        if (!node.agentReady()) {
            return Optional.of("its agent is not ready"
                    + node.pod().flatMap(AgentTrouble::of).orElse(""));
        }
        if (!node.reportIsCurrent()) {
            return Optional.of("its agent has not reported yet");
        }
        return discoverOnly ? Optional.empty() : unregistered(node);
    }

    private Optional<String> unregistered(NodeView node) {
        Map<String, Boolean> registered = new HashMap<>();
        node.report()
                .map(NodeDeviceReportStatus::resources)
                .orElse(List.of())
                .forEach(resource -> registered.put(resource.name(), resource.registered()));
        return resources.stream()
                .map(DeviceResource::name)
                .filter(name -> !registered.getOrDefault(name, false))
                .findFirst()
                .map(name -> name + " is not registered");
    }

    private Optional<String> unadvertised(NodeView node) {
        return discoverOnly
                ? Optional.empty()
                : resources.stream()
                        .filter(resource -> node.allocatable(resource.name()) != node.offered(resource))
                        .findFirst()
                        .map(resource -> "it advertises " + node.allocatable(resource.name()) + " of "
                                + node.offered(resource) + " " + resource.name());
    }

    private Optional<Result> worse(NodeView node, Trial trial) {
        return resources.stream()
                .flatMap(resource -> worse(node, trial, resource).stream())
                .findFirst();
    }

    private Optional<Result> worse(NodeView node, Trial trial, DeviceResource resource) {
        String name = resource.name();
        int before = trial.healthy().getOrDefault(name, 0);
        if (before == 0) {
            return Optional.empty();
        }
        if (!sameSelectors(trial, resource)) {
            // Other devices are asked for, so that some may go; that all of them go is a mistake more often than not.
            return node.healthy(name) > 0
                    ? Optional.empty()
                    : Optional.of(new Result.Worse(
                            "no device of " + name + " is healthy, " + before
                                    + " were before; if that is meant, use rollout.strategy" + " AllAtOnce",
                            readySince(node)));
        }
        List<String> ids = cutShort(node) ? null : trial.ids().get(name);
        if (ids == null) {
            return node.healthy(name) >= before
                    ? Optional.empty()
                    : Optional.of(new Result.Worse(
                            node.healthy(name) + " devices of " + name + " are healthy, " + before + " were before",
                            readySince(node)));
        }
        return lost(node, name, ids);
    }

    private static Optional<Result> lost(NodeView node, String resource, List<String> ids) {
        Map<String, Device> now = new HashMap<>();
        node.devices().stream()
                .filter(device -> resource.equals(device.resource()))
                .forEach(device -> now.put(device.id(), device));
        return ids.stream()
                .filter(id -> now.get(id) == null || now.get(id).health() != DeviceHealth.Healthy)
                .findFirst()
                .map(id -> now.get(id) == null
                        ? new Result.Worse(resource + " " + id + " was healthy before and is gone", readySince(node))
                        : unhealthy(node, now.get(id)));
    }

    private static Result unhealthy(NodeView node, Device device) {
        String path = device.paths().isEmpty() ? device.id() : device.paths().get(0);
        DeviceReason reason = device.reason();
        Instant since = Timestamps.parse(device.since());
        Instant ready = readySince(node);
        return new Result.Worse(
                device.resource() + " " + path + " was healthy before and is " + (reason == null ? "Unhealthy" : reason)
                        + (device.message() == null ? "" : " (" + device.message() + ")"),
                since.isAfter(ready) ? since : ready);
    }

    private boolean sameSelectors(Trial trial, DeviceResource resource) {
        AgentSettings before = revisions.get(trial.from());
        return before == null
                || before.resources().stream()
                        .anyMatch(other -> other.name().equals(resource.name())
                                && other.discover().equals(resource.discover()));
    }

    private static boolean cutShort(NodeView node) {
        return node.report()
                .map(report -> Boolean.TRUE.equals(report.truncated()))
                .orElse(false);
    }

    private static Instant readySince(NodeView node) {
        return node.pod().map(pod -> pod.readinessSince()).orElse(Instant.EPOCH);
    }
}
