package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.HostMount;
import io.devicemgr.api.v1alpha1.KubeletConfigRequest;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.operator.desired.AgentContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Mistakes within one spec that its schema cannot see. */
final class SpecRules {
    /** The name becomes the value of a label. */
    private static final int MAX_NAME = 63;

    private final List<Violation> found = new ArrayList<>();

    private SpecRules() {}

    static List<Violation> check(DevicePluginDeployment deployment) {
        SpecRules rules = new SpecRules();
        rules.name(deployment.getMetadata().getName());
        rules.poolSelector(deployment.getSpec().kubeletConfig());
        rules.initContainers(deployment.getSpec().agent());
        rules.volumes(deployment.getSpec().agent());
        rules.mounts(deployment.getSpec().agent());
        deployment.getSpec().resources().forEach(rules::resource);
        return List.copyOf(rules.found);
    }

    private void name(String name) {
        if (name.length() > MAX_NAME) {
            refuse("metadata.name has " + name.length() + " characters: create the deployment under a name of at most "
                    + MAX_NAME);
        }
    }

    private void poolSelector(KubeletConfigRequest request) {
        if (request != null) {
            PoolSelector.mistake(request.machineConfigPoolSelector())
                    .ifPresent(mistake -> refuse("kubeletConfig.machineConfigPoolSelector: " + mistake));
        }
    }

    private void initContainers(AgentSpec agent) {
        String field = "agent.initContainers";
        reserved(field, agent.initContainers(), Container::getName, Set.of(AgentContainer.NAME));
    }

    private void volumes(AgentSpec agent) {
        reserved("agent.extraVolumes", agent.extraVolumes(), Volume::getName, AgentContainer.VOLUME_NAMES);
    }

    private void mounts(AgentSpec agent) {
        String field = "agent.extraVolumeMounts";
        reserved(field, agent.extraVolumeMounts(), SpecRules::mountPath, AgentContainer.MOUNT_PATHS);
        Set<String> volumes = new HashSet<>(AgentContainer.VOLUME_NAMES);
        agent.extraVolumes().forEach(volume -> volumes.add(volume.getName()));
        agent.extraVolumeMounts().stream()
                .filter(mount -> !volumes.contains(mount.getName()))
                .forEach(mount ->
                        refuse(field + ": no volume is named '" + mount.getName() + "'; add it to agent.extraVolumes"));
    }

    private static String mountPath(VolumeMount mount) {
        String path = mount.getMountPath();
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private void resource(DeviceResource resource) {
        String field = "resources[" + resource.name() + "].allocate";
        String path = resource.allocate().containerPath();
        if (path.replaceFirst("%d", "").contains("%")) {
            refuse(field + ".containerPath: '" + path + "' may contain %d once and no other %");
        }
        if (resource.allocate().cdi().enabled() && path.contains("%d")) {
            refuse(field + ".containerPath: '" + path
                    + "' has %d, but a CDI specification names the nodes of a device once and"
                    + " for all containers; leave %d out and let containers ask for one device, or leave cdi out");
        }
        reset(resource);
        reserved(field + ".mounts", resource.allocate().mounts(), HostMount::containerPath, Set.of());
    }

    /** A device that cannot be reset would never start a container. */
    private void reset(DeviceResource resource) {
        Reset reset = resource.prepare().reset();
        String field = "resources[" + resource.name() + "].prepare.reset: " + reset;
        if (reset != Reset.None && resource.discover().stream().anyMatch(selector -> selector.bundle() != null)) {
            refuse(field + " cannot be done to a bundle of nodes; leave it out, or discover the devices by pci or usb");
        }
        if (reset == Reset.PCIFunctionReset
                && resource.discover().stream().anyMatch(selector -> selector.usb() != null)) {
            refuse(field + " cannot be done to USB devices; write USBReset, or give them a resource of their own");
        }
        if (reset == Reset.USBReset && resource.discover().stream().anyMatch(selector -> selector.pci() != null)) {
            refuse(field
                    + " cannot be done to PCI functions; write PCIFunctionReset, or give them a resource of their own");
        }
    }

    /** Names must differ from the reserved ones and from each other. */
    private <T> void reserved(String field, List<T> items, Function<T, String> nameOf, Set<String> reserved) {
        Set<String> seen = new HashSet<>();
        for (T item : items) {
            String name = nameOf.apply(item);
            if (reserved.contains(name)) {
                refuse(field + ": '" + name + "' is used by the operator itself; use another one");
            } else if (!seen.add(name)) {
                refuse(field + ": '" + name + "' is given twice; remove one of the two or give it another name");
            }
        }
    }

    private void refuse(String message) {
        found.add(Violation.invalid(message));
    }
}
