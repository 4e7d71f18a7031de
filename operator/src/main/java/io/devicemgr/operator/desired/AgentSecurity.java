package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.AgentSpec.SecurityProfile;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.CapabilitiesBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.List;
import java.util.Map;

/**
 * What the agent's pod may do on its node: everything, or what a device plugin needs that opens no device. User 0 in both cases,
 * because the kubelet's directories are root's alone; without capabilities it is no more than their owner.
 */
final class AgentSecurity {
    /** Names the SCC that OpenShift is to use (docs/openshift.md 5). */
    static final String REQUIRED_SCC = "openshift.io/required-scc";

    /** Type of a process that may talk to the kubelet's sockets and read sysfs, and little else. */
    private static final String SELINUX_TYPE = "container_device_plugin_t";

    private static final Capabilities NONE =
            new CapabilitiesBuilder().withDrop("ALL").build();

    private AgentSecurity() {}

    /** The SCC that lets such pods in. */
    static String scc(AgentSpec agent) {
        return isRestricted(agent) ? ObjectNames.RESTRICTED_SCC : ObjectNames.PRIVILEGED_SCC;
    }

    /** Whether the pods of a template need the narrow SCC and no other. */
    static boolean needsRestrictedScc(PodTemplateSpec template) {
        Map<String, String> annotations = template.getMetadata().getAnnotations();
        return annotations != null && ObjectNames.RESTRICTED_SCC.equals(annotations.get(REQUIRED_SCC));
    }

    /** Of the whole pod; null where the containers say everything. */
    static PodSecurityContext pod(AgentSpec agent) {
        return isRestricted(agent)
                ? new PodSecurityContextBuilder()
                        .withNewSeccompProfile()
                        .withType("RuntimeDefault")
                        .endSeccompProfile()
                        .withNewSeLinuxOptions()
                        .withType(SELINUX_TYPE)
                        .endSeLinuxOptions()
                        .build()
                : null;
    }

    /** Of the agent's container. */
    static SecurityContext container(AgentSpec agent) {
        SecurityContextBuilder context =
                new SecurityContextBuilder().withReadOnlyRootFilesystem(true).withRunAsUser(0L);
        return isRestricted(agent)
                ? context.withAllowPrivilegeEscalation(false)
                        .withCapabilities(NONE)
                        .build()
                : context.withPrivileged(true).build();
    }

    /** The user's containers; in a restricted pod what they leave out is set for them. */
    static List<Container> initContainers(AgentSpec agent) {
        return isRestricted(agent)
                ? agent.initContainers().stream().map(AgentSecurity::restricted).toList()
                : agent.initContainers();
    }

    private static Container restricted(Container container) {
        SecurityContext own = container.getSecurityContext();
        SecurityContextBuilder context = own == null ? new SecurityContextBuilder() : new SecurityContextBuilder(own);
        return new ContainerBuilder(container)
                .withSecurityContext(context.withAllowPrivilegeEscalation(false)
                        .withCapabilities(NONE)
                        .build())
                .build();
    }

    private static boolean isRestricted(AgentSpec agent) {
        return agent.securityProfile() == SecurityProfile.Restricted;
    }
}
