package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.operator.desired.AgentContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What of the agent's pod depends on several fields: names that must differ, mounts that need a volume, amounts within limits. */
final class AgentRules {
    private final Complaints complaints;
    private final AgentSpec agent;
    private final Set<String> volumes;

    AgentRules(Complaints complaints, DevicePluginDeploymentSpec spec) {
        this.complaints = complaints;
        this.agent = spec.agent();
        this.volumes = new HashSet<>(AgentContainer.volumesFor(spec));
        agent.extraVolumes().forEach(volume -> volumes.add(volume.getName()));
    }

    void check() {
        String init = "agent.initContainers";
        complaints.unique(init, agent.initContainers(), Container::getName, Set.of(AgentContainer.NAME));
        complaints.unique("agent.extraVolumes", agent.extraVolumes(), Volume::getName, AgentContainer.VOLUME_NAMES);
        mounts("agent.extraVolumeMounts", agent.extraVolumeMounts(), AgentContainer.MOUNT_PATHS);
        complaints.unique("agent.imagePullSecrets", agent.imagePullSecrets(), LocalObjectReference::getName, Set.of());
        new ComputeRules(complaints, "agent.resources", agent.resources()).check();
        agent.initContainers().forEach(container -> container(init + "[" + container.getName() + "]", container));
        agent.extraVolumes().forEach(this::projected);
    }

    private void container(String field, Container container) {
        complaints.unique(field + ".env", container.getEnv(), EnvVar::getName, Set.of());
        mounts(field + ".volumeMounts", container.getVolumeMounts(), Set.of());
        new ComputeRules(complaints, field + ".resources", container.getResources()).check();
    }

    private void mounts(String field, List<VolumeMount> mounts, Set<String> reserved) {
        complaints.unique(field, mounts, AgentRules::mountPath, reserved);
        for (VolumeMount mount : mounts) {
            if (mount.getName() == null) {
                complaints.refuse(field, "the mount at '" + mount.getMountPath() + "' names no volume; add its name");
            } else if (!volumes.contains(mount.getName())) {
                complaints.refuse(field, "no volume is named '" + mount.getName() + "'; add it to agent.extraVolumes");
            }
            if ("/".equals(mountPath(mount))) {
                complaints.refuse(
                        field, "'" + mount.getMountPath() + "' would hide the container's own files; mount below it");
            }
        }
    }

    /** The path as the kernel sees it; null when there is none. */
    private static String mountPath(VolumeMount mount) {
        if (mount.getMountPath() == null) {
            return null;
        }
        Deque<String> names = new ArrayDeque<>();
        for (String name : mount.getMountPath().split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }

    private void projected(Volume volume) {
        if (volume.getProjected() != null) {
            List<String> paths = volume.getProjected().getSources().stream()
                    .flatMap(AgentRules::paths)
                    .toList();
            String field = "agent.extraVolumes[" + volume.getName() + "].projected.sources";
            complaints.unique(field, paths, path -> path, Set.of());
        }
    }

    private static Stream<String> paths(VolumeProjection source) {
        if (source.getConfigMap() != null) {
            return source.getConfigMap().getItems().stream().map(KeyToPath::getPath);
        }
        if (source.getSecret() != null) {
            return source.getSecret().getItems().stream().map(KeyToPath::getPath);
        }
        if (source.getDownwardAPI() != null) {
            return source.getDownwardAPI().getItems().stream().map(DownwardAPIVolumeFile::getPath);
        }
        return Stream.empty();
    }
}
