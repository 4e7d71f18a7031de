package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.NodeDeviceReport;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.desired.AgentObjects;
import io.devicemgr.operator.desired.AgentRevision;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.devicemgr.operator.status.Sightings;
import io.devicemgr.operator.status.Situation;
import io.devicemgr.operator.status.StatusCalculator;
import io.devicemgr.operator.status.StatusEvents;
import io.devicemgr.operator.status.StatusResult;
import io.devicemgr.operator.validate.Verdict;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings the cluster to what a DevicePluginDeployment asks for, and says in its status how far that has come. */
@ControllerConfiguration(
        name = "deviceplugindeployment",
        fieldManager = Labels.OPERATOR,
        rateLimiter = LoopLimiter.class,
        finalizerName = Labels.FINALIZER,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = Constants.NO_MAX_RECONCILIATION_INTERVAL))
public final class DevicePluginDeploymentReconciler
        implements Reconciler<DevicePluginDeployment>, Cleaner<DevicePluginDeployment> {
    private final OperatorConfig config;
    private final ClusterFeatures features;
    private final Clock clock;
    private final Informers informers;
    private final Applier applier;
    private final KubeletConfigWriter kubeletConfigs;
    private final PodReplacer replacer;
    private final Supplier<Instant> watchingSince;
    private final EventPublisher events;
    /** By deployment; JOSDK calls for one deployment at a time. */
    private final Map<String, Sightings> sightings = new ConcurrentHashMap<>();

    private final LostReports lostReports;
    private final Tenancy tenancy;
    private final Farewell farewell;
    private final LeftoversReconciler leftovers;
    private final Pace pace = new Pace(System::nanoTime);
    private final StatusWriter statuses = new StatusWriter(pace);

    /**
     * Makes a reconciler; the features are those of the client's cluster.
     *
     * @param watchingSince since when the caches have had no gap
     */
    public DevicePluginDeploymentReconciler(
            KubernetesClient client,
            OperatorConfig config,
            ClusterFeatures features,
            Clock clock,
            Supplier<Instant> watchingSince) {
        this.config = config;
        this.features = features;
        this.clock = clock;
        this.lostReports = new LostReports(client);
        this.informers = new Informers(config.namespace(), features, lostReports::deleted);
        this.applier = new Applier(client, informers);
        this.kubeletConfigs = new KubeletConfigWriter(client, applier);
        this.replacer = new PodReplacer(client, clock);
        this.watchingSince = watchingSince;
        this.events = new EventPublisher(client, clock);
        this.tenancy = new Tenancy(informers);
        this.farewell = new Farewell(client, applier, replacer, statuses, events, config.namespace(), clock);
        this.leftovers = new LeftoversReconciler(client, informers, clock);
    }

    @Override
    public List<EventSource<?, DevicePluginDeployment>> prepareEventSources(
            EventSourceContext<DevicePluginDeployment> context) {
        return informers.eventSources(context);
    }

    /** Looks after what deleted deployments have left; it sees the cluster through the same informers. */
    public LeftoversReconciler leftovers() {
        return leftovers;
    }

    /** Agents first, the deployment last: docs/deletion.md. */
    @Override
    public DeleteControl cleanup(DevicePluginDeployment deployment, Context<DevicePluginDeployment> context) {
        String name = deployment.getMetadata().getName();
        sightings.remove(name);
        lostReports.forget(name);
        kubeletConfigs.forget(deployment);
        Cluster cluster = Cluster.of(deployment, informers, features, replacer);
        List<NodeDeviceReport> reports = informers.of(NodeDeviceReport.class, name);
        return farewell.step(
                deployment,
                cluster,
                reports,
                () -> Offers.byNode(cluster.settings(), cluster.pods(), reports),
                context);
    }

    /** The deployments as they were seen last. */
    public Stream<DevicePluginDeployment> deployments() {
        return informers.list(DevicePluginDeployment.class);
    }

    /** Names of the nodes that are closed for new pods, as before maintenance. */
    public Set<String> cordonedNodes() {
        return informers
                .list(Node.class)
                .filter(node -> node.getSpec() != null
                        && Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
                .map(node -> node.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    /** In a flood of changes only now and then, else at once. */
    @Override
    public UpdateControl<DevicePluginDeployment> reconcile(
            DevicePluginDeployment deployment, Context<DevicePluginDeployment> context) {
        UpdateControl<DevicePluginDeployment> done = UpdateControl.noUpdate();
        return pace.look(deployment.getMetadata().getName())
                .or(() -> look(deployment, context))
                .map(done::rescheduleAfter)
                .orElse(done);
    }

    /** Validate, desire, plan, apply, roll, observe, report: docs/controller-flow.md tells why in this order. */
    private Optional<Duration> look(DevicePluginDeployment deployment, Context<DevicePluginDeployment> context) {
        Cluster cluster = Cluster.of(deployment, informers, features, replacer);
        sightings.keySet().retainAll(cluster.deploymentNames());

        Tenancy.Claim claim = tenancy.check(
                deployment, Verdict.of(deployment, cluster.deployments(), cluster.nodes()), cluster, clock.instant());
        Verdict verdict = claim.verdict();

        Optional<Rollout> asked = verdict.offersSomething()
                ? plan(deployment, Optional.of(AgentRevision.of(deployment, verdict.offered(), config)), cluster)
                : Optional.empty();

        Writing pools =
                verdict.applicable() ? kubeletConfigs.write(deployment, cluster.machineConfigs()) : Writing.NOTHING;
        Writing writing = verdict.applicable() ? write(deployment, asked, cluster) : Writing.NOTHING;
        Verdict judged = writing.refusal().map(verdict::and).orElse(verdict);

        // What cannot be followed changes nothing: the agents keep the revision that they have.
        Optional<Rollout> rollout = judged.applicable() ? asked : plan(deployment, Optional.empty(), cluster);
        Writing rolling = writing.and(() -> rollout.ifPresent(step -> roll(deployment, step.plan(), cluster)));

        StatusResult result = StatusCalculator.calculate(
                situation(deployment, judged, rollout, cluster, rolling.failureMessage(), pools));
        sightings.put(deployment.getMetadata().getName(), result.sightings());
        Optional<Duration> early = report(deployment, result, context);

        // A back-off would keep a status waiting that is due in less than a second; a failure will still be there then.
        if (early.isEmpty()) {
            rolling.rethrow();
            pools.rethrow();
        }
        return Stream.of(
                        claim.lookAgainIn(result.status()),
                        early,
                        result.lookAgainIn(),
                        rollout.flatMap(step -> step.plan().lookAgainIn()),
                        writing.lookAgainIn())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    private Optional<Rollout> plan(DevicePluginDeployment deployment, Optional<AgentRevision> wanted, Cluster cluster) {
        return Rollout.plan(deployment, wanted, cluster, clock.instant(), watchingSince.get());
    }

    private Writing write(DevicePluginDeployment deployment, Optional<Rollout> rollout, Cluster cluster) {
        return Writing.of(() -> {
            if (rollout.isEmpty()) {
                cluster.daemonSet().ifPresent(applier::delete);
            }
            return rollout.flatMap(Rollout::revision)
                    .flatMap(revision -> applier.apply(
                            AgentObjects.of(deployment, revision, config, features.securityContextConstraints())));
        });
    }

    private void roll(DevicePluginDeployment deployment, RolloutPlan plan, Cluster cluster) {
        replacer.carryOut(deployment, plan);
        if (cluster.makesPodsOfItsTemplate()) {
            SettingsSweeper.unused(cluster, plan, Rollout.written(deployment)).forEach(applier::delete);
            SccSweeper.unused(
                            cluster,
                            informers.of(
                                    RoleBinding.class, deployment.getMetadata().getName()))
                    .forEach(applier::delete);
        }
        keepReports(deployment, cluster);
    }

    private void keepReports(DevicePluginDeployment deployment, Cluster cluster) {
        String name = deployment.getMetadata().getName();
        List<NodeDeviceReport> reports = informers.of(NodeDeviceReport.class, name);
        ReportSweeper.unwanted(reports, cluster.selectedNames(), cluster.pods()).forEach(applier::delete);
        lostReports.putBack(name, deployment.getMetadata().getUid(), reports, cluster.pods());
    }

    private Situation situation(
            DevicePluginDeployment deployment,
            Verdict verdict,
            Optional<Rollout> rollout,
            Cluster cluster,
            Optional<String> failedWrite,
            Writing pools) {
        return new Situation(
                deployment,
                verdict,
                rollout.flatMap(Rollout::revision)
                        .map(AgentRevision::image)
                        .orElseGet(() -> AgentRevision.imageOf(deployment, config)),
                rollout.map(Rollout::plan),
                KubeletConfigWriter.nameFor(deployment),
                kubeletConfigs
                        .preflight(deployment, cluster.machineConfigs())
                        .or(() -> pools.failure().map(e -> KubeletConfigWriter.failed(deployment, pools))),
                cluster.observation(
                        failedWrite,
                        tenancy.sharedDevices(deployment, cluster),
                        sightings.getOrDefault(deployment.getMetadata().getName(), Sightings.NONE)),
                clock.instant());
    }

    private Optional<Duration> report(
            DevicePluginDeployment deployment, StatusResult result, Context<DevicePluginDeployment> context) {
        String name = deployment.getMetadata().getName();
        return statuses.write(
                deployment,
                result.status(),
                context,
                () -> events.publish(deployment, StatusEvents.between(deployment.getStatus(), result.status(), name)));
    }
}
