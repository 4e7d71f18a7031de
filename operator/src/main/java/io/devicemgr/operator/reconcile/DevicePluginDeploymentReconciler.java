package io.devicemgr.operator.reconcile;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.desired.AgentObjects;
import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.rollout.RolloutPlan;
import io.devicemgr.operator.rollout.RolloutPlanner;
import io.devicemgr.operator.status.Situation;
import io.devicemgr.operator.status.StatusCalculator;
import io.devicemgr.operator.status.StatusEvents;
import io.devicemgr.operator.status.StatusResult;
import io.devicemgr.operator.validate.Verdict;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Brings the cluster to what a DevicePluginDeployment asks for, and says in its status how far that has come. */
@ControllerConfiguration(name = "deviceplugindeployment", fieldManager = Labels.OPERATOR)
public final class DevicePluginDeploymentReconciler implements Reconciler<DevicePluginDeployment> {
    private final OperatorConfig config;
    private final ClusterFeatures features;
    private final Clock clock;
    private final Informers informers;
    private final Applier applier;
    private final KubeletConfigWriter kubeletConfigs;
    private final PodReplacer replacer;
    private final EventPublisher events;

    /** Makes a reconciler; the features are those of the client's cluster. */
    public DevicePluginDeploymentReconciler(
            KubernetesClient client, OperatorConfig config, ClusterFeatures features, Clock clock) {
        this.config = config;
        this.features = features;
        this.clock = clock;
        this.informers = new Informers(config.namespace(), features);
        this.applier = new Applier(client, informers);
        this.kubeletConfigs = new KubeletConfigWriter(client, applier);
        this.replacer = new PodReplacer(client);
        this.events = new EventPublisher(client, clock);
    }

    @Override
    public List<EventSource<?, DevicePluginDeployment>> prepareEventSources(
            EventSourceContext<DevicePluginDeployment> context) {
        return informers.eventSources(context);
    }

    /** Validate, desire, apply, observe, report: docs/controller-flow.md tells why in this order. */
    @Override
    public UpdateControl<DevicePluginDeployment> reconcile(
            DevicePluginDeployment deployment, Context<DevicePluginDeployment> context) {
        Cluster cluster = Cluster.of(deployment, informers, features);

        Verdict verdict = Verdict.of(deployment, cluster.deployments(), cluster.nodes());

        Optional<AgentObjects> agents = verdict.applicable()
                ? AgentObjects.of(deployment, verdict.offered(), config, features.securityContextConstraints())
                : Optional.empty();

        Writing writing = verdict.applicable() ? write(deployment, agents, cluster) : Writing.NOTHING;
        Verdict judged = writing.refusal().map(verdict::and).orElse(verdict);

        Optional<String> revision =
                judged.applicable() ? agents.map(AgentObjects::revision) : cluster.daemonSetRevision();
        Optional<RolloutPlan> plan = revision.map(wanted -> roll(deployment, wanted, cluster));

        StatusResult result = StatusCalculator.calculate(
                situation(deployment, judged, revision, plan, cluster, writing.failureMessage()));
        report(deployment, result, context);

        writing.rethrow();
        UpdateControl<DevicePluginDeployment> done = UpdateControl.noUpdate();
        return result.lookAgainIn()
                .or(writing::lookAgainIn)
                .map(done::rescheduleAfter)
                .orElse(done);
    }

    private Writing write(DevicePluginDeployment deployment, Optional<AgentObjects> agents, Cluster cluster) {
        return Writing.of(() -> {
            kubeletConfigs.write(deployment, cluster.machineConfigs());
            if (agents.isEmpty()) {
                cluster.daemonSet().ifPresent(applier::delete);
            }
            return agents.flatMap(objects -> applier.apply(objects.objects()));
        });
    }

    private RolloutPlan roll(DevicePluginDeployment deployment, String revision, Cluster cluster) {
        boolean templateLive = cluster.makesPodsOf(revision);
        RolloutPlan plan = RolloutPlanner.plan(
                deployment.getSpec().rollout(), revision, templateLive, cluster.selectedNames(), cluster.pods());
        replacer.replace(plan.replace());
        if (templateLive) {
            SettingsSweeper.unused(cluster.settings(), revision, cluster.pods()).forEach(applier::delete);
        }
        return plan;
    }

    private Situation situation(
            DevicePluginDeployment deployment,
            Verdict verdict,
            Optional<String> revision,
            Optional<RolloutPlan> plan,
            Cluster cluster,
            Optional<String> failedWrite) {
        return new Situation(
                deployment,
                verdict,
                AgentObjects.imageOf(deployment, config),
                revision.orElse(""),
                plan,
                KubeletConfigWriter.nameFor(deployment),
                kubeletConfigs.preflight(deployment, cluster.machineConfigs()),
                cluster.observation(failedWrite),
                clock.instant());
    }

    private void report(
            DevicePluginDeployment deployment, StatusResult result, Context<DevicePluginDeployment> context) {
        if (StatusWriter.write(deployment, result.status(), context)) {
            String name = deployment.getMetadata().getName();
            events.publish(deployment, StatusEvents.between(deployment.getStatus(), result.status(), name));
        }
    }
}
