package io.devicemgr.testkit.cluster;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes from a container's process what its security context says, as far as that can be done without namespaces: capabilities and new
 * privileges. Who is not root here has no capabilities to begin with.
 */
final class Confinement {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    private Confinement() {}

    /** What comes before the container's command; empty when it may keep everything, or where setpriv is not installed. */
    static List<String> of(Container container) {
        SecurityContext context = container.getSecurityContext();
        boolean dropsAll = context != null
                && context.getCapabilities() != null
                && context.getCapabilities().getDrop().contains("ALL");
        if (!dropsAll || !Files.isExecutable(SETPRIV)) {
            return List.of();
        }
        return isRoot()
                ? List.of(
                        SETPRIV.toString(),
                        "--no-new-privs",
                        "--bounding-set=-all",
                        "--inh-caps=-all",
                        "--ambient-caps=-all")
                : List.of(SETPRIV.toString(), "--no-new-privs");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return false;
        }
    }
}
