package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;

/** How the node agent's pods look. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AgentSpec(
        @Size(max = 512) @JsonPropertyDescription("Agent image. Default: the operator's AGENT_IMAGE.")
        String image,

        @JsonPropertyDescription(
                "Always, IfNotPresent or Never. Default: the operator's AGENT_IMAGE_PULL_POLICY, IfNotPresent.")
        ImagePullPolicy imagePullPolicy,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Secrets in the operator's namespace for pulling the image. Default: the operator's AGENT_IMAGE_PULL_SECRETS, none.")
        List<LocalObjectReference> imagePullSecrets,

        @JsonPropertyDescription("Compute resources of the agent. Default: measured values of this release.")
        ResourceRequirements resources,

        @Size(max = 16)
        @JsonPropertyDescription(
                "Run in order before the agent starts, for example to install a driver or to initialise devices.")
        List<Container> initContainers,

        @Size(max = 32) @JsonPropertyDescription("Further volumes of the agent's pods.")
        List<Volume> extraVolumes,

        @Size(max = 32) @JsonPropertyDescription("Mounts of further volumes in the agent's container.")
        List<VolumeMount> extraVolumeMounts,

        @JsonPropertyDescription("error, warn, info, debug or trace. Default: info.")
        LogLevel logLevel,

        @JsonPropertyDescription(
                "How the agent makes itself known to the kubelet. Register: by the call on kubelet.sock that every kubelet knows."
                        + " PluginWatcher: by sockets in the kubelet's plugins_registry directory; needs a mount of"
                        + " /var/lib/kubelet/plugins_registry, which the operator then adds. Default: Register.")
        Registration registration,

        @JsonPropertyDescription(
                "What the agent's pod may do on its node. Privileged: everything. Restricted: no capability, no device node is"
                        + " opened, sysfs and the root file system are read-only; enough for discovery, built-in health,"
                        + " sysfsAttribute probes and allocation, and not for open probes, cdi, prepare.reset and privileged"
                        + " initContainers. Default: Privileged.")
        SecurityProfile securityProfile) {

    public AgentSpec {
        image = image == null ? "" : image;
        imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
        initContainers = initContainers == null ? List.of() : List.copyOf(initContainers);
        extraVolumes = extraVolumes == null ? List.of() : List.copyOf(extraVolumes);
        extraVolumeMounts = extraVolumeMounts == null ? List.of() : List.copyOf(extraVolumeMounts);
        logLevel = logLevel == null ? LogLevel.info : logLevel;
        registration = registration == null ? Registration.Register : registration;
        securityProfile = securityProfile == null ? SecurityProfile.Privileged : securityProfile;
    }

    /** The operator's image with the resources of this release. */
    public static AgentSpec defaults() {
        return new AgentSpec(null, null, null, null, null, null, null, null, null, null);
    }

    /** When the kubelet pulls the image. */
    public enum ImagePullPolicy {
        Always,
        IfNotPresent,
        Never
    }

    /** How much the agent logs. */
    public enum LogLevel {
        error,
        warn,
        info,
        debug,
        trace
    }

    /** How the agent makes itself known to the kubelet. */
    public enum Registration {
        Register,
        PluginWatcher
    }

    /** What the agent's pod may do on its node. */
    public enum SecurityProfile {
        Privileged,
        Restricted
    }
}
