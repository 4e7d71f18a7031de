package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Inventory.Unmatched;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Result of one look at the device tree.
 *
 * @param sightings what was found, in the order of the selectors
 * @param unmatched selectors without a device
 * @param directories where a change asks for another look
 * @param subsystems of the kernel, whose events ask for another look
 * @param warnings what an administrator should know, although nothing is wrong
 */
record Scan(
        List<Sighting> sightings,
        List<Unmatched> unmatched,
        Set<Path> directories,
        Set<String> subsystems,
        Set<String> warnings) {}
