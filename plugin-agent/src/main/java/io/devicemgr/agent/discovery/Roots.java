package io.devicemgr.agent.discovery;

import java.nio.file.Path;

/**
 * Where the host's trees are mounted.
 *
 * @param dev the host's /dev
 * @param sys the host's /sys
 */
public record Roots(Path dev, Path sys) {}
