package io.devicemgr.operator.rollout;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceHealth;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.RolloutStatus;
import io.devicemgr.api.v1alpha1.DeviceReason;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Device;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.Resource;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.devicemgr.operator.fleet.AgentPod;
import io.devicemgr.operator.fleet.Fleet;
import io.devicemgr.operator.fleet.Trial;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A cluster in miniature: nodes, a DaemonSet controller and agents that take a tick of a second for each thing they do. */
final class RolloutModel {
    static final String SERIAL = "example.com/serial";

    final Map<String, ModelNode> nodes = new TreeMap<>();
    final Map<String, Behaviour> behaviours = new HashMap<>();
    final Map<String, String> globs = new HashMap<>();
    /** Names of all nodes whose agent was ever replaced by the rollout, in order, by the revision that they were to get. */
    final Map<String, List<String>> replaced = new HashMap<>();

    RolloutSpec spec = spec(1, 10, 2);
    String wanted = "r1";
    boolean specChanged;
    Instant now = Instant.parse("2026-11-22T08:00:00Z");
    Instant watchingSince = now;
    RolloutPlan plan;
    /** Whether the DaemonSet controller takes notice of a new template. */
    boolean controllerAwake = true;
    /** Whether the spec can be followed. */
    boolean followed = true;
    /** Revisions whose settings nobody can read any more. */
    final Set<String> forgotten = new HashSet<>();
    /** Whether statuses are written. */
    boolean statusesPass = true;
    /** Whether pods can be deleted. */
    boolean deletionsPass = true;
    /** Whether the DaemonSet controller makes pods. */
    boolean controllerMakes = true;

    private Optional<RolloutStatus> status = Optional.empty();
    private String template;
    private boolean observed;

    /** What agents of a revision do. */
    enum Behaviour {
        GOOD,
        NEVER_READY,
        LOSES_A_DEVICE,
        LOSES_ALL_DEVICES
    }

    /** A node, its agent, and its report. */
    static final class ModelNode {
        boolean ready = true;
        boolean cordoned;
        Instant createdAt;
        int devices = 2;
        /** Whether any agent gets ready here. */
        boolean works = true;
        /** How far its clock is behind. */
        Duration clockBehind = Duration.ZERO;
        /** How many devices fewer than its agent offers it advertises. */
        int unadvertised;

        String podRevision;
        boolean podTerminating;
        boolean podReady;
        Instant podCreatedAt;
        Instant readinessSince;

        String reportRevision;
        int reportDevices;
        Optional<Trial> trial = Optional.empty();

        private boolean wasReady = true;
        private Instant readySince = Instant.EPOCH;
    }

    static RolloutSpec spec(int canaries, int soakSeconds, int maxUnavailable) {
        return new RolloutSpec(
                RolloutSpec.Strategy.Staged,
                new RolloutSpec.Canary(new IntOrString(canaries), soakSeconds),
                new IntOrString(maxUnavailable),
                60,
                null,
                null);
    }

    RolloutModel withNodes(int count) {
        for (int i = 1; i <= count; i++) {
            join("w-" + i);
        }
        return this;
    }

    ModelNode join(String name) {
        ModelNode node = new ModelNode();
        node.createdAt = now.minus(specTime());
        nodes.put(name, node);
        return node;
    }

    private Duration specTime() {
        return template == null ? Duration.ofHours(1) : Duration.ZERO.minusSeconds(1);
    }

    /** A fleet in which r1 is complete. */
    RolloutModel settled() {
        run(20);
        if (!plan.complete()) {
            throw new IllegalStateException(plan.message());
        }
        return this;
    }

    /** The user changes the spec. */
    void want(String revision, Behaviour behaviour) {
        wanted = revision;
        behaviours.put(revision, behaviour);
        specChanged = true;
    }

    RolloutPlan run(int ticks) {
        for (int i = 0; i < ticks; i++) {
            tick();
        }
        return plan;
    }

    /** One second: the operator looks and acts, then everybody else does. */
    RolloutPlan tick() {
        look();
        act();
        now = now.plusSeconds(1);
        world();
        return plan;
    }

    RolloutPlan look() {
        plan = RolloutPlanner.plan(input());
        return plan;
    }

    RolloutInput input() {
        return new RolloutInput(
                spec,
                specChanged,
                status,
                followed || template == null ? Optional.of(wanted) : Optional.empty(),
                settings(),
                Optional.ofNullable(template),
                observed,
                fleet(),
                now,
                watchingSince);
    }

    void act() {
        calls().forEach(Runnable::run);
    }

    /** The operator ends after so many calls of the API server, and another one begins. */
    void crash(int calls) {
        look();
        calls().stream().limit(calls).forEach(Runnable::run);
        now = now.plusSeconds(1);
        watchingSince = now;
        world();
    }

    /** What the operator does about a plan, call by call. */
    private List<Runnable> calls() {
        List<Runnable> calls = new ArrayList<>();
        calls.add(this::apply);
        plan.release().forEach(name -> calls.add(() -> nodes.get(name).trial = Optional.empty()));
        for (Replacement replacement : plan.replace()) {
            String name = replacement.pod().node();
            replacement.trial().ifPresent(trial -> calls.add(() -> nodes.get(name).trial = Optional.of(trial)));
            calls.add(() -> delete(name));
        }
        RolloutStatus computed = plan.status();
        calls.add(() -> write(computed));
        return calls;
    }

    private void apply() {
        if (followed && !plan.revision().equals(template)) {
            template = plan.revision();
            observed = false;
        }
    }

    private void delete(String name) {
        if (deletionsPass) {
            nodes.get(name).podTerminating = true;
            nodes.get(name).podReady = false;
            replaced.computeIfAbsent(plan.revision(), key -> new ArrayList<>()).add(name);
        }
    }

    private void write(RolloutStatus computed) {
        if (statusesPass) {
            status = Optional.of(computed);
            specChanged = false;
        }
    }

    private void world() {
        nodes.values().forEach(this::agent);
        observed |= controllerAwake;
    }

    private void agent(ModelNode node) {
        if (!node.ready) {
            setReady(node, false);
        } else if (node.podTerminating) {
            node.podTerminating = false;
            node.podRevision = null;
        } else if (node.podRevision == null && observed && controllerMakes) {
            node.podRevision = template;
            node.podCreatedAt = now;
            node.readinessSince = now.minus(node.clockBehind);
            node.podReady = false;
        } else if (node.podRevision != null) {
            Behaviour behaviour = behaviours.getOrDefault(node.podRevision, Behaviour.GOOD);
            setReady(node, node.works && behaviour != Behaviour.NEVER_READY);
            if (node.podReady) {
                node.reportRevision = node.podRevision;
                node.reportDevices = switch (behaviour) {
                    case LOSES_A_DEVICE -> node.devices - 1;
                    case LOSES_ALL_DEVICES -> 0;
                    default -> node.devices;
                };
            }
        }
    }

    private void setReady(ModelNode node, boolean ready) {
        if (node.podReady != ready) {
            node.podReady = ready;
            node.readinessSince = now.minus(node.clockBehind);
        }
    }

    private Map<String, AgentSettings> settings() {
        Map<String, AgentSettings> settings = new HashMap<>();
        Stream.concat(Stream.of("r1", wanted), behaviours.keySet().stream())
                .forEach(revision -> settings.put(revision, settings(globs.getOrDefault(revision, "/dev/ttyUSB*"))));
        settings.keySet().removeAll(forgotten);
        return settings;
    }

    private static AgentSettings settings(String glob) {
        return new AgentSettings(
                "lab",
                "uid",
                null,
                false,
                List.of(new DeviceResource(SERIAL, List.of(DeviceSelector.path(glob)), null, null, null, null)),
                null);
    }

    private Fleet fleet() {
        List<Node> all = new ArrayList<>();
        List<AgentPod> pods = new ArrayList<>();
        List<NodeDeviceReport> reports = new ArrayList<>();
        nodes.forEach((name, node) -> {
            if (node.ready != node.wasReady) {
                node.wasReady = node.ready;
                node.readySince = now;
            }
            all.add(node(name, node));
            if (node.podRevision != null) {
                pods.add(new AgentPod(pod(name, node), node.podRevision));
            }
            if (node.reportRevision != null || node.trial.isPresent()) {
                reports.add(report(name, node));
            }
        });
        return Fleet.of(all, pods, reports);
    }

    private static Node node(String name, ModelNode node) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withCreationTimestamp(node.createdAt.toString())
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(node.cordoned)
                .endSpec()
                .withNewStatus()
                .addToAllocatable(SERIAL, new Quantity(Integer.toString(node.reportDevices - node.unadvertised)))
                .addNewCondition()
                .withType("Ready")
                .withStatus(node.ready ? "True" : "Unknown")
                .withLastTransitionTime(node.readySince.toString())
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod pod(String name, ModelNode node) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("agent-" + name)
                .withCreationTimestamp(node.podCreatedAt.toString())
                .withDeletionTimestamp(node.podTerminating ? "2026-11-22T08:00:00Z" : null)
                .endMetadata()
                .withNewSpec()
                .withNodeName(name)
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(node.podReady ? "True" : "False")
                .withLastTransitionTime(node.readinessSince.toString())
                .endCondition()
                .endStatus()
                .build();
    }

    private static NodeDeviceReport report(String name, ModelNode node) {
        NodeDeviceReport report = new NodeDeviceReport();
        report.getMetadata().setName(NodeDeviceReport.nameOf("lab", name));
        node.trial.ifPresent(trial -> report.getMetadata().setAnnotations(Map.of(Trial.ANNOTATION, trial.toJson())));
        report.setSpec(new NodeDeviceReportSpec("lab", name));
        if (node.reportRevision == null) {
            return report;
        }
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < node.reportDevices; i++) {
            devices.add(new Device(
                    SERIAL,
                    "tty" + i,
                    List.of("/dev/tty" + i),
                    null,
                    DeviceHealth.Healthy,
                    DeviceReason.Present,
                    null,
                    null,
                    null,
                    null));
        }
        report.setStatus(new NodeDeviceReportStatus(
                "1",
                node.reportRevision,
                KubeletSocket.Present,
                null,
                null,
                List.of(new Resource(SERIAL, true, true, null, null, null, null, null, null)),
                devices,
                null,
                null,
                null));
        return report;
    }

    /** Nodes whose agent is of that revision. */
    List<String> having(String revision) {
        return nodes.entrySet().stream()
                .filter(entry -> revision.equals(entry.getValue().podRevision) && !entry.getValue().podTerminating)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How many nodes that count have no ready agent. */
    long away() {
        return nodes.values().stream()
                .filter(node -> node.ready && !node.cordoned && !node.podReady)
                .count();
    }
}
