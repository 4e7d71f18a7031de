package io.devicemgr.operator.status;

import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus.KubeletConfigStatus;
import io.devicemgr.operator.fleet.Wording;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The events of a KubeletConfig: made, in force, gone, and what is in its way. */
final class KubeletConfigEvents {
    private static final Set<String> WARNINGS = Set.of(
            ConditionReason.NoMatchingPool.name(),
            ConditionReason.PoolHasOtherKubeletConfig.name(),
            ConditionReason.PoolPaused.name(),
            ConditionReason.PoolDegraded.name(),
            ConditionReason.Rejected.name());

    private KubeletConfigEvents() {}

    static List<StatusEvent> between(DevicePluginDeploymentStatus before, DevicePluginDeploymentStatus now) {
        List<StatusEvent> events = new ArrayList<>();
        Optional<String> old = name(before);
        Optional<String> current = name(now);
        if (current.isPresent() && old.isEmpty()) {
            events.add(event(false, "KubeletConfigCreated", "KubeletConfig " + current.get() + " is written"));
        }
        if (old.isPresent() && current.isEmpty()) {
            events.add(event(false, "KubeletConfigDeleted", "KubeletConfig " + old.get() + " is deleted"));
        }
        condition(now)
                .filter(condition -> condition(before)
                        .filter(was -> was.getStatus().equals(condition.getStatus())
                                && was.getReason().equals(condition.getReason()))
                        .isEmpty())
                .flatMap(KubeletConfigEvents::turned)
                .ifPresent(events::add);
        return events;
    }

    private static Optional<StatusEvent> turned(Condition condition) {
        if (WARNINGS.contains(condition.getReason())) {
            return Optional.of(event(true, condition.getReason(), condition.getMessage()));
        }
        return ConditionReason.Applied.name().equals(condition.getReason())
                ? Optional.of(event(false, "KubeletConfigApplied", condition.getMessage()))
                : Optional.empty();
    }

    private static Optional<String> name(DevicePluginDeploymentStatus status) {
        return Optional.ofNullable(status)
                .map(DevicePluginDeploymentStatus::kubeletConfig)
                .map(KubeletConfigStatus::name);
    }

    private static Optional<Condition> condition(DevicePluginDeploymentStatus status) {
        return Optional.ofNullable(status)
                .flatMap(found -> Conditions.find(found.conditions(), ConditionType.KubeletConfigured));
    }

    private static StatusEvent event(boolean warning, String reason, String message) {
        return new StatusEvent(warning, reason, Wording.shorten(message, 1000), null);
    }
}
