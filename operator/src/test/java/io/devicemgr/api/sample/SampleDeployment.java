package io.devicemgr.api.sample;

import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.KubeletConfigRequest;
import io.devicemgr.api.v1alpha1.Placement;
import io.devicemgr.api.v1alpha1.RolloutSpec;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Deployments for tests: valid ones, changed in what a test is about. */
public final class SampleDeployment {
    private final String name;
    private final List<DeviceResource> resources = new ArrayList<>();
    private String created = "2026-11-22T08:00:00Z";
    private long generation = 3;
    private Placement placement;
    private KubeletConfigRequest kubeletConfig;
    private AgentSpec agent;
    private RolloutSpec rollout;
    private boolean discoverOnly;
    private DevicePluginDeploymentStatus status;

    private SampleDeployment(String name) {
        this.name = name;
    }

    public static SampleDeployment named(String name) {
        return new SampleDeployment(name);
    }

    public SampleDeployment offering(String resource) {
        return offering(resource, Allocation.defaults());
    }

    public SampleDeployment offering(String resource, Allocation allocate) {
        resources.add(
                new DeviceResource(resource, List.of(DeviceSelector.path("/dev/ttyUSB*")), null, null, allocate, null));
        return this;
    }

    public SampleDeployment offering(DeviceResource resource) {
        resources.add(resource);
        return this;
    }

    public SampleDeployment created(String time) {
        created = time;
        return this;
    }

    public SampleDeployment generation(long number) {
        generation = number;
        return this;
    }

    public SampleDeployment on(Map<String, String> nodeSelector, Toleration... tolerations) {
        placement = new Placement(nodeSelector, List.of(tolerations), null);
        return this;
    }

    public SampleDeployment configuringPools(Map<String, String> labels) {
        kubeletConfig = new KubeletConfigRequest(
                new LabelSelectorBuilder().withMatchLabels(labels).build());
        return this;
    }

    public SampleDeployment agent(AgentSpec spec) {
        agent = spec;
        return this;
    }

    public SampleDeployment rollout(RolloutSpec.Strategy strategy, boolean paused) {
        rollout = new RolloutSpec(strategy, null, null, null, null, paused);
        return this;
    }

    public SampleDeployment discoverOnly() {
        discoverOnly = true;
        return this;
    }

    public SampleDeployment status(DevicePluginDeploymentStatus previous) {
        status = previous;
        return this;
    }

    public DevicePluginDeployment build() {
        DevicePluginDeployment deployment = new DevicePluginDeployment();
        deployment.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withUid("uid-of-" + name)
                .withGeneration(generation)
                .withCreationTimestamp(created)
                .build());
        deployment.setSpec(
                new DevicePluginDeploymentSpec(kubeletConfig, placement, resources, agent, rollout, discoverOnly));
        deployment.setStatus(status);
        return deployment;
    }
}
