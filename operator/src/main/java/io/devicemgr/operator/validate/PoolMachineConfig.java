package io.devicemgr.operator.validate;

import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A MachineConfig that was made from a KubeletConfig: the finalizers of the latter are their names (docs/openshift.md 1.5).
 *
 * @param name for example 99-worker-generated-kubelet-1; of several in one pool the last one by name is in force
 * @param pool name of its pool
 */
public record PoolMachineConfig(String name, String pool) {
    private static final Pattern NAME = Pattern.compile("99-(.+)-generated-kubelet(-\\d+)?");

    /** All that were made from a KubeletConfig and have not been deleted. */
    public static List<PoolMachineConfig> of(KubeletConfig config) {
        List<String> finalizers = config.getMetadata().getFinalizers();
        return finalizers == null
                ? List.of()
                : finalizers.stream()
                        .map(NAME::matcher)
                        .filter(Matcher::matches)
                        .map(matcher -> new PoolMachineConfig(matcher.group(), matcher.group(1)))
                        .toList();
    }

    /** The one of a pool. */
    public static Optional<PoolMachineConfig> of(KubeletConfig config, String pool) {
        return of(config).stream()
                .filter(made -> made.pool().equals(pool))
                .max(Comparator.comparing(PoolMachineConfig::name));
    }
}
