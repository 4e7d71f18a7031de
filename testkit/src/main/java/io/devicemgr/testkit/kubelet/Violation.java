package io.devicemgr.testkit.kubelet;

/** One thing that a plugin of one resource did wrong. */
public record Violation(ViolationKind kind, String resource, String detail) {
    @Override
    public String toString() {
        return kind + " " + resource + ": " + detail;
    }
}
