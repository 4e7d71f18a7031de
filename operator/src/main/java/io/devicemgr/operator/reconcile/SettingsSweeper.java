package io.devicemgr.operator.reconcile;

import io.devicemgr.operator.desired.Labels;
import io.devicemgr.operator.fleet.AgentPod;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the settings that nobody needs any more: neither the current revision nor any agent pod uses them. */
final class SettingsSweeper {
    private SettingsSweeper() {}

    static List<ConfigMap> unused(Collection<ConfigMap> settings, String revision, Collection<AgentPod> pods) {
        Set<String> used = new HashSet<>();
        used.add(revision);
        pods.forEach(pod -> used.add(pod.revision()));
        return settings.stream()
                .filter(map -> map.getMetadata().getDeletionTimestamp() == null)
                .filter(map -> !used.contains(map.getMetadata().getLabels().get(Labels.REVISION)))
                .toList();
    }
}
