package io.devicemgr.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.AgentSpec.SecurityProfile;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentSecurityTest {
    private static final OperatorConfig CONFIG = new OperatorConfig("devices", "registry.example.com/agent:1", 8080);

    @Test
    void restrictedAgentHasNothingButItsDirectories() {
        PodSpec pod = template(SecurityProfile.Restricted).getSpec();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getSecurityContext().getSeLinuxOptions().getType()).isEqualTo("container_device_plugin_t");

        Container agent = pod.getContainers().get(0);
        SecurityContext context = agent.getSecurityContext();
        assertThat(context.getPrivileged()).isNull();
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getReadOnlyRootFilesystem()).isTrue();
        assertThat(context.getRunAsUser()).isZero();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(context.getCapabilities().getAdd()).isEmpty();
        assertThat(agent.getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .extracting(VolumeMount::getName)
                .containsExactly("device-plugins");
    }

    @Test
    void initContainersOfARestrictedAgentAreHeldToItToo() {
        Container setup = template(SecurityProfile.Restricted)
                .getSpec()
                .getInitContainers()
                .get(0);
        assertThat(setup.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(setup.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(setup.getSecurityContext().getRunAsUser()).isEqualTo(7);
    }

    @Test
    void privilegedAgentIsAsItWasAndWritesNothingToItsImage() {
        PodSpec pod = template(null).getSpec();
        assertThat(pod.getSecurityContext()).isNull();
        assertThat(pod.getContainers().get(0).getSecurityContext().getPrivileged())
                .isTrue();
        assertThat(pod.getContainers().get(0).getSecurityContext().getReadOnlyRootFilesystem())
                .isTrue();
        assertThat(pod.getInitContainers().get(0).getSecurityContext().getCapabilities())
                .isNull();
    }

    @Test
    void eachProfileAsksForItsSccAndIsBoundToIt() {
        assertThat(template(SecurityProfile.Restricted).getMetadata().getAnnotations())
                .containsEntry("openshift.io/required-scc", "device-plugin-agent");
        assertThat(template(SecurityProfile.Privileged).getMetadata().getAnnotations())
                .containsEntry("openshift.io/required-scc", "privileged");

        assertThat(binding(SecurityProfile.Restricted).getRoleRef().getName()).isEqualTo("device-plugin-agent-scc");
        assertThat(binding(SecurityProfile.Privileged).getRoleRef().getName())
                .isEqualTo("system:openshift:scc:privileged");
        assertThat(binding(SecurityProfile.Restricted).getMetadata().getName())
                .isNotEqualTo(binding(SecurityProfile.Privileged).getMetadata().getName());
    }

    private static PodTemplateSpec template(SecurityProfile profile) {
        return revision(deployment(profile)).template();
    }

    private static RoleBinding binding(SecurityProfile profile) {
        DevicePluginDeployment deployment = deployment(profile);
        return AgentObjects.of(deployment, revision(deployment), CONFIG, true).stream()
                .filter(RoleBinding.class::isInstance)
                .map(RoleBinding.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static AgentRevision revision(DevicePluginDeployment deployment) {
        return AgentRevision.of(deployment, deployment.getSpec().resources(), CONFIG);
    }

    private static DevicePluginDeployment deployment(SecurityProfile profile) {
        Container setup = new ContainerBuilder()
                .withName("setup")
                .withImage("registry.example.com/setup:1")
                .withNewSecurityContext()
                .withRunAsUser(7L)
                .endSecurityContext()
                .build();
        return SampleDeployment.named("lab")
                .offering("example.com/serial")
                .agent(new AgentSpec(null, null, null, null, List.of(setup), null, null, null, null, profile))
                .build();
    }
}
