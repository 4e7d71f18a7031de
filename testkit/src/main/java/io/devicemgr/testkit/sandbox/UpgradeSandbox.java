package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.devicemgr.testkit.cluster.SimulatedNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An upgrade on one machine, and the way back: operator and agents of an earlier release run first, then those of this one take
 * over, then the earlier ones again, while a pod holds a device.
 */
final class UpgradeSandbox implements Scenario {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final List<String> NODES = List.of("node-1", "node-2", "node-3", "node-4");

    private final SandboxOptions options;
    private final Path earlier;
    private final Path project;
    private final Progress progress;
    private final SimulatedCluster cluster;
    private final DeviceHolder holder;
    private OperatorProcess operator;
    private int started;

    UpgradeSandbox(SandboxOptions options, Path project, PrintStream out) throws IOException {
        this.options = options;
        this.earlier = options.upgradeFrom().orElseThrow();
        this.project = project;
        this.progress = new Progress(out);
        this.cluster = SimulatedCluster.empty(Duration.ofSeconds(1));
        this.holder = new DeviceHolder(cluster, progress, LIMIT);
        progress.say("API server at %s", cluster.apiServer().url());
        progress.say("kubectl --kubeconfig %s get dpd", cluster.kubeconfig());
    }

    @Override
    public boolean run() throws IOException {
        define(earlier);
        List<HasMetadata> manifest = Manifest.load(options.manifest(), cluster.client());
        List<DevicePluginDeployment> deployments = Manifest.deployments(manifest, cluster.client());
        if (deployments.isEmpty()) {
            progress.say("%s holds no DevicePluginDeployment", options.manifest());
            return false;
        }
        startNodes(deployments);
        DevicePluginDeployment followed = deployments.get(0);
        String before = image(earlier, "before");
        String now = image(project, "now");
        try (DeploymentWatch watch =
                new DeploymentWatch(cluster.client(), followed.getMetadata().getName())) {
            watch.onChange(progress::state);
            operator = start(earlier, before);
            boolean observed = Manifest.apply(manifest, cluster.client(), progress) && ready(watch) && gets(followed);
            if (observed) {
                define(project);
                progress.say("the definitions are those of this release");
                observed = Manifest.apply(manifest, cluster.client(), progress)
                        && new TakeOver(cluster, watch, progress, LIMIT).observe(now, () -> replace(project, now))
                        && holder.stillHolds();
            }
            if (observed) {
                progress.say("and back to the earlier release; the definitions stay, as after helm rollback");
                observed = new TakeOver(cluster, watch, progress, LIMIT).observe(before, () -> replace(earlier, before))
                        && holder.stillHolds();
            }
            return KubeletJudge.contractKept(cluster, progress) && observed;
        }
    }

    private void define(Path release) throws IOException {
        try (Stream<Path> files = Files.list(release.resolve("crds/yaml"))) {
            for (Path file : files.sorted().toList()) {
                cluster.apiServer().applyYaml(Files.readString(file));
            }
        }
    }

    private void startNodes(List<DevicePluginDeployment> deployments) throws IOException {
        cluster.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SimulatedCluster.NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        for (String name : NODES) {
            SimulatedNode node = cluster.addNode(name, Map.of());
            DevicePlan.plug(node, deployments);
            progress.say("%s: %s", name, String.join(" ", node.devices().devices()));
        }
    }

    private String image(Path release, String tag) {
        String name = "device-plugin-agent:" + tag;
        cluster.images().add(name, Distribution.builtIn(release).agent());
        return name;
    }

    private OperatorProcess start(Path release, String agentImage) throws IOException {
        Distribution distribution = Distribution.builtIn(release);
        Map<String, String> environment = new HashMap<>(distribution.operatorEnvironment());
        environment.put(OperatorProcess.POD_NAME, "operator-" + started++);
        environment.put("AGENT_IMAGE", agentImage);
        OperatorProcess process = cluster.startOperator(distribution.operatorCommand(), environment);
        progress.say("operator of %s started as %s, output in %s", release, process.name(), process.log());
        return process;
    }

    /** As a Deployment does it: the new one first, which stands by, where the one before has a lease to hand over. */
    private void replace(Path release, String agentImage) throws IOException {
        OperatorProcess old = operator;
        if (cluster.leader().isEmpty()) {
            old.terminate();
            operator = start(release, agentImage);
        } else {
            operator = start(release, agentImage);
            old.terminate();
        }
        progress.say("%s has ended", old.name());
    }

    private boolean ready(DeploymentWatch watch) {
        boolean ready =
                watch.await(d -> Statuses.isTrue(d, ConditionType.Ready), LIMIT).isPresent();
        progress.say(ready ? "the earlier release is Ready" : "the earlier release did not get Ready");
        return ready;
    }

    private boolean gets(DevicePluginDeployment deployment) {
        Optional<String> offered = Sandbox.offered(deployment, cluster.node("node-2"));
        return offered.isPresent() && holder.gets(offered.get(), "node-2");
    }

    @Override
    public void close() {
        cluster.close();
    }
}
