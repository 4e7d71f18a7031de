package io.devicemgr.agent.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Finds what one selector of one resource means. Reads the trees of devices and keeps nothing. */
interface SelectorScanner {

    /** Takes one look. */
    Finding look(NodeReader reader);

    /**
     * What was found.
     *
     * @param sightings devices, and places in which something is wrong, in a stable order
     * @param denied whether something could not be read for want of permission
     * @param directories where a change asks for another look
     */
    record Finding(List<Sighting> sightings, boolean denied, Set<Path> directories) {}
}
