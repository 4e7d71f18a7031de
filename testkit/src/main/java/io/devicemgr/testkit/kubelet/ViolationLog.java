package io.devicemgr.testkit.kubelet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what plugins did wrong, over all restarts of one simulated kubelet. */
final class ViolationLog {
    private static final Logger LOG = LoggerFactory.getLogger(ViolationLog.class);

    private final List<Violation> found = new CopyOnWriteArrayList<>();

    void add(ViolationKind kind, String resource, String detail) {
        Violation violation = new Violation(kind, resource, detail);
        LOG.debug("{}", violation);
        found.add(violation);
    }

    List<Violation> violations() {
        return found.stream().filter(v -> v.kind().fatal()).toList();
    }

    List<Violation> warnings() {
        return found.stream().filter(v -> !v.kind().fatal()).toList();
    }
}
