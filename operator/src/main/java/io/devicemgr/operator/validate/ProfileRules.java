package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.AgentSpec.SecurityProfile;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.HealthProbe;
import io.devicemgr.api.v1alpha1.HealthProbe.Open.Mode;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.SecurityContext;

/** What an agent cannot do that has the security profile Restricted: docs/security.md says why. */
final class ProfileRules {
    private static final String REMEDY = "; leave it out or write agent.securityProfile: Privileged";

    private final Complaints complaints;
    private final DevicePluginDeploymentSpec spec;

    ProfileRules(Complaints complaints, DevicePluginDeploymentSpec spec) {
        this.complaints = complaints;
        this.spec = spec;
    }

    void check() {
        if (spec.agent().securityProfile() == SecurityProfile.Restricted) {
            spec.resources().forEach(this::resource);
            spec.agent().initContainers().forEach(this::container);
        }
    }

    private void resource(DeviceResource resource) {
        String field = "resources[" + resource.name() + "].";
        if (resource.health().probes().stream().anyMatch(ProfileRules::opens)) {
            refuse(field + "health.probes", "open needs access to device nodes, and a Restricted agent has none");
        }
        if (resource.allocate().cdi().enabled()) {
            refuse(
                    field + "allocate.cdi.enabled",
                    "a Restricted agent may not write to /var/run/cdi where SELinux is on");
        }
        if (resource.prepare().reset() != Reset.None) {
            refuse(
                    field + "prepare.reset",
                    resource.prepare().reset() + " writes to sysfs, which is read-only for a Restricted agent");
        }
    }

    private static boolean opens(HealthProbe probe) {
        return probe.open() != null && probe.open().mode() != Mode.None;
    }

    private void container(Container container) {
        SecurityContext context = container.getSecurityContext();
        if (context == null) {
            return;
        }
        String field = "agent.initContainers[" + container.getName() + "].securityContext.";
        if (Boolean.TRUE.equals(context.getPrivileged())) {
            refuse(field + "privileged", "no container of a Restricted agent's pod is");
        }
        if (Boolean.TRUE.equals(context.getAllowPrivilegeEscalation())) {
            refuse(field + "allowPrivilegeEscalation", "no container of a Restricted agent's pod may");
        }
        Capabilities capabilities = context.getCapabilities();
        if (capabilities != null && !capabilities.getAdd().isEmpty()) {
            refuse(field + "capabilities.add", "the containers of a Restricted agent's pod have no capabilities");
        }
        if (context.getSeLinuxOptions() != null
                || context.getSeccompProfile() != null
                || context.getAppArmorProfile() != null
                || context.getProcMount() != null) {
            refuse(
                    field.substring(0, field.length() - 1),
                    "seLinuxOptions, seccompProfile, appArmorProfile and procMount are the same for all containers of a"
                            + " Restricted agent's pod");
        }
    }

    private void refuse(String field, String why) {
        complaints.refuse(field, why + REMEDY);
    }
}
