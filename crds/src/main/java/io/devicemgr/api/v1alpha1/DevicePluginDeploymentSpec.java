package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the user asks for. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DevicePluginDeploymentSpec(
        @JsonPropertyDescription(
                "Asks for an OpenShift KubeletConfig that names the DevicePlugins feature gate. Leave it out on any cluster"
                        + " whose kubelets have the Device Manager on, which is every Kubernetes since 1.10.")
        KubeletConfigRequest kubeletConfig,

        @JsonPropertyDescription("Where the node agent runs.")
        Placement placement,

        @Required
        @Size(min = 1, max = 16)
        @JsonPropertyDescription("The extended resources that the node agent offers to the kubelet, keyed by name.")
        List<DeviceResource> resources,

        @JsonPropertyDescription("How the node agent's pods look.")
        AgentSpec agent,

        @JsonPropertyDescription("How a change reaches the nodes.")
        RolloutSpec rollout,

        @Default("false")
        @JsonPropertyDescription(
                "Report which devices would be found on each node, and register nothing with the kubelets.")
        Boolean discoverOnly) {

    public DevicePluginDeploymentSpec {
        placement = placement == null ? new Placement(null, null, null) : placement;
        resources = resources == null ? List.of() : List.copyOf(resources);
        agent = agent == null ? AgentSpec.defaults() : agent;
        rollout = rollout == null ? RolloutSpec.defaults() : rollout;
        discoverOnly = discoverOnly != null && discoverOnly;
    }
}
