package io.devicemgr.testkit.sandbox;

import java.nio.file.Path;

/**
 * What the sandbox is asked for on its command line.
 *
 * @param manifest YAML to apply; its first DevicePluginDeployment is followed
 * @param keep stay until interrupted, so that kubectl can be used
 */
record SandboxOptions(Path manifest, boolean keep) {
    static final String USAGE = "usage: sandbox [--keep] [FILE]   (FILE: YAML with a DevicePluginDeployment)";

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static SandboxOptions parse(String[] arguments, Path defaultManifest) {
        Path manifest = defaultManifest;
        boolean keep = false;
        for (String argument : arguments) {
            if (argument.equals("--keep")) {
                keep = true;
            } else if (argument.startsWith("-")) {
                throw new IllegalArgumentException("unknown option " + argument);
            } else {
                manifest = Path.of(argument);
            }
        }
        return new SandboxOptions(manifest, keep);
    }
}
