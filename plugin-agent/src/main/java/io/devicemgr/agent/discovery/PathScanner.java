package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Inventory.Unmatched;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for the devices that the path selectors of all resources name. */
public final class PathScanner {
    private final Path devDirectory;
    private final List<Selector> selectors;

    /**
     * @param devDirectory where the host's /dev is mounted
     * @param resources resources with path selectors only
     * @throws IllegalArgumentException when a selector is not a glob below /dev
     */
    public PathScanner(Path devDirectory, List<DeviceResource> resources) {
        this.devDirectory = devDirectory;
        this.selectors = resources.stream()
                .flatMap(resource -> resource.discover().stream()
                        .map(selector -> new Selector(
                                resource.name(), Glob.of(selector.path().glob()))))
                .toList();
    }

    /** Takes one look. */
    Scan scan() {
        NodeReader reader = new NodeReader(devDirectory);
        List<Sighting> sightings = new ArrayList<>();
        List<Unmatched> unmatched = new ArrayList<>();
        Set<Path> directories = new HashSet<>();
        for (Selector selector : selectors) {
            GlobWalk walk = GlobWalk.along(selector.glob, devDirectory);
            directories.addAll(walk.directories());
            List<Sighting> found = new ArrayList<>();
            for (Path entry : walk.matches()) {
                directories.addAll(reader.linkDirectories(entry));
                reader.read(selector.resource, entry).ifPresent(found::add);
            }
            if (found.stream().noneMatch(Sighting::isDevice)) {
                unmatched.add(new Unmatched(selector.resource, selector.glob.toString(), why(walk, found)));
            }
            sightings.addAll(found);
        }
        return new Scan(sightings, unmatched, directories);
    }

    private static Why why(GlobWalk walk, List<Sighting> found) {
        boolean denied = walk.denied()
                || found.stream()
                        .anyMatch(sighting -> sighting.problem().reported().equals(Why.PermissionDenied.name()));
        if (denied) {
            return Why.PermissionDenied;
        }
        return found.isEmpty() ? Why.NoMatch : Why.NotADevice;
    }

    private record Selector(String resource, Glob glob) {}
}
