package io.devicemgr.testkit.sandbox;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the sandbox is asked for on its command line.
 *
 * @param manifest YAML to apply; its first DevicePluginDeployment is followed
 * @param keep stay until interrupted, so that kubectl can be used
 * @param replicas how many operators; of several the one that leads is killed in the middle of a rollout
 * @param upgradeFrom a built checkout of another release, whose operator and agents run first
 */
record SandboxOptions(Path manifest, boolean keep, int replicas, Optional<Path> upgradeFrom) {
    static final String USAGE =
            "usage: sandbox [--keep] [--replicas=N | --upgrade-from=DIR] [FILE]   (DIR: a built checkout of an earlier release;"
                    + " FILE: YAML with a DevicePluginDeployment)\n"
                    + "       sandbox --trouble NAME [--keep]   (brings a trouble of docs/troubleshooting.md about)";
    private static final String REPLICAS = "--replicas=";
    private static final String UPGRADE_FROM = "--upgrade-from=";

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static SandboxOptions parse(String[] arguments, Path defaultManifest) {
        Path manifest = defaultManifest;
        boolean keep = false;
        int replicas = 1;
        Optional<Path> upgradeFrom = Optional.empty();
        for (String argument : arguments) {
            if (argument.equals("--keep")) {
                keep = true;
            } else if (argument.matches(REPLICAS + "[1-9]")) {
                replicas = Integer.parseInt(argument.substring(REPLICAS.length()));
            } else if (argument.startsWith(UPGRADE_FROM)) {
                upgradeFrom = Optional.of(
                        Path.of(argument.substring(UPGRADE_FROM.length())).toAbsolutePath());
            } else if (argument.startsWith("-")) {
                throw new IllegalArgumentException("unknown option " + argument);
            } else {
                manifest = Path.of(argument);
            }
        }
        return new SandboxOptions(manifest, keep, replicas, upgradeFrom);
    }
}
