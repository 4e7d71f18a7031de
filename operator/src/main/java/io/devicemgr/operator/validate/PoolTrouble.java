package io.devicemgr.operator.validate;

import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolCondition;
import java.util.List;
import java.util.Optional;

/** Why a pool is degraded, in the machine config operator's words. */
public final class PoolTrouble {
    private static final int LENGTH = 500;

    /** The summary comes last: it is the OR of the others, which say more (docs/openshift.md 3). */
    private static final List<String> TYPES =
            List.of("RenderDegraded", "NodeDegraded", "ImageBuildDegraded", "PinnedImageSetsDegraded", "Degraded");

    private PoolTrouble() {}

    /** Nothing when the pool is not degraded. */
    public static Optional<String> of(MachineConfigPool pool) {
        List<MachineConfigPoolCondition> degraded = TYPES.stream()
                .flatMap(type -> conditions(pool).stream()
                        .filter(entry -> type.equals(entry.getType()) && "True".equals(entry.getStatus())))
                .toList();
        if (degraded.isEmpty()) {
            return Optional.empty();
        }
        return degraded.stream()
                .filter(entry ->
                        entry.getMessage() != null && !entry.getMessage().isBlank())
                .findFirst()
                .map(entry -> shortened(entry.getMessage()))
                .or(() -> Optional.of(degraded.get(0).getType() + ", and the machine config operator gives no reason"));
    }

    private static List<MachineConfigPoolCondition> conditions(MachineConfigPool pool) {
        return pool.getStatus() == null || pool.getStatus().getConditions() == null
                ? List.of()
                : pool.getStatus().getConditions();
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LENGTH ? line : line.substring(0, LENGTH - 3) + "...";
    }
}
