package io.devicemgr.testkit.kubelet;

/** The outcome of one attempt to start a container. */
public sealed interface StartResult {
    /** The container runs with these devices. */
    record Started(ContainerDevices devices) implements StartResult {}

    /** The container waits with reason {@code CreateContainerConfigError}; the kubelet would try again (rule 75). */
    record ConfigError(String message) implements StartResult {}
}
