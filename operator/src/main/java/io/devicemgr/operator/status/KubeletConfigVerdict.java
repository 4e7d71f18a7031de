package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Wording;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigCondition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the machine config operator thinks of a KubeletConfig (docs/openshift.md 1.4). */
enum KubeletConfigVerdict {
    Unjudged,
    Accepted,
    Rejected;

    private static final Set<String> OLDER = Set.of("Success", "Failure");

    /**
     * Reads all three shapes of the conditions: an Accepted entry decides where there is one, else the type of the last
     * entry. The order of the log decides, never its times, which tie and are refreshed. The status of a Failure entry is
     * False in some releases and True in others, so it is never looked at.
     */
    static KubeletConfigVerdict of(KubeletConfig config) {
        return observed(config) ? deciding(config).map(KubeletConfigVerdict::of).orElse(Unjudged) : Unjudged;
    }

    private static KubeletConfigVerdict of(KubeletConfigCondition entry) {
        if (!"Accepted".equals(entry.getType())) {
            return "Success".equals(entry.getType()) ? Accepted : Rejected;
        }
        return switch (String.valueOf(entry.getStatus())) {
            case "True" -> Accepted;
            case "False" -> Rejected;
            default -> Unjudged;
        };
    }

    /** What it says about that, in its own words. */
    static String message(KubeletConfig config) {
        return deciding(config)
                .map(KubeletConfigCondition::getMessage)
                .filter(text -> !text.isBlank())
                .map(text -> Wording.shorten(text, 500))
                .orElse("it gives no reason");
    }

    private static Optional<KubeletConfigCondition> deciding(KubeletConfig config) {
        return last(config, Set.of("Accepted")).or(() -> last(config, OLDER));
    }

    private static Optional<KubeletConfigCondition> last(KubeletConfig config, Set<String> types) {
        List<KubeletConfigCondition> log =
                config.getStatus() == null || config.getStatus().getConditions() == null
                        ? List.of()
                        : config.getStatus().getConditions();
        return log.stream().filter(entry -> types.contains(entry.getType())).reduce((left, right) -> right);
    }

    /** Whether a verdict is on what the object says now; releases up to 4.13 do not tell. */
    private static boolean observed(KubeletConfig config) {
        Long generation = config.getMetadata().getGeneration();
        return !tellsGeneration(config)
                || generation == null
                || config.getStatus().getObservedGeneration() >= generation;
    }

    /** Whether the release writes observedGeneration: those up to 4.13 never do. */
    static boolean tellsGeneration(KubeletConfig config) {
        return config.getStatus() != null
                && config.getStatus().getObservedGeneration() != null
                && config.getStatus().getObservedGeneration() > 0;
    }
}
