package io.devicemgr.operator.status;

import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What others have written into our KubeletConfig: it stays theirs, because only fields of ours are applied. */
final class KubeletConfigFields {
    private static final String OURS = "feature-gates";

    private KubeletConfigFields() {}

    /** The keys of spec.kubeletConfig that are not the operator's, and the fields beside it. */
    static List<String> foreign(KubeletConfig config) {
        if (config.getSpec() == null) {
            return List.of();
        }
        List<String> keys = content(config.getSpec().getKubeletConfig()).keySet().stream()
                .map(Objects::toString)
                .filter(key -> !key.equals(OURS))
                .sorted()
                .map(key -> "kubeletConfig." + key)
                .toList();
        return Stream.concat(
                        keys.stream(),
                        Stream.of(
                                        config.getSpec().getLogLevel() == null ? "" : "logLevel",
                                        config.getSpec().getAutoSizingReserved() == null ? "" : "autoSizingReserved",
                                        config.getSpec().getTlsSecurityProfile() == null ? "" : "tlsSecurityProfile")
                                .filter(name -> !name.isEmpty()))
                .toList();
    }

    /** What is read back is wrapped. */
    private static Map<?, ?> content(Object value) {
        Object inner = value instanceof RawExtension raw ? raw.getValue() : value;
        return inner instanceof Map<?, ?> map ? map : Map.of();
    }
}
