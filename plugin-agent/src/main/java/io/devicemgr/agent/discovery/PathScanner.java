package io.devicemgr.agent.discovery;

import io.devicemgr.agent.config.Glob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Device nodes by the path of the node or of a link to it. */
final class PathScanner implements SelectorScanner {
    private final String resource;
    private final Path devDirectory;
    private final Glob glob;

    PathScanner(String resource, Path devDirectory, Glob glob) {
        this.resource = resource;
        this.devDirectory = devDirectory;
        this.glob = glob;
    }

    @Override
    public Finding look(Look look) {
        NodeReader reader = look.nodes();
        GlobWalk walk = GlobWalk.along(glob, devDirectory);
        Set<Path> directories = new HashSet<>(walk.directories());
        List<Sighting> found = new ArrayList<>();
        for (Path entry : walk.matches()) {
            reader.read(resource, entry, directories).ifPresent(found::add);
        }
        return new Finding(found, walk.denied(), directories, Set.of(), Set.of(), null);
    }
}
