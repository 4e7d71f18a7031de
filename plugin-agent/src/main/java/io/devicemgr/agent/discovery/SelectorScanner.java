package io.devicemgr.agent.discovery;

import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Finds what one selector of one resource means. Reads the trees of devices and keeps nothing. */
interface SelectorScanner {

    /**
     * Takes one look.
     *
     * @throws AccessDeniedException when the devices may not be listed at all
     */
    Finding look(Look look) throws AccessDeniedException;

    /**
     * What was found.
     *
     * @param sightings devices, and places in which something is wrong, in a stable order
     * @param denied whether something could not be read for want of permission
     * @param directories where a change asks for another look
     * @param subsystems of the kernel, whose events ask for another look
     * @param warnings what an administrator should know, although nothing is wrong
     * @param hint what to do when nothing is found, or null
     */
    record Finding(
            List<Sighting> sightings,
            boolean denied,
            Set<Path> directories,
            Set<String> subsystems,
            Set<String> warnings,
            String hint) {}
}
