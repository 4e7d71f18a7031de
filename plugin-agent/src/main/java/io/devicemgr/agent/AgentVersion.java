package io.devicemgr.agent;

import java.util.Objects;

/** Version of the agent, from the manifest of its jar. */
final class AgentVersion {
    private AgentVersion() {}

    static String current() {
        return Objects.requireNonNullElse(AgentVersion.class.getPackage().getImplementationVersion(), "development");
    }
}
