package io.devicemgr.agent.discovery;

import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory.Unmatched;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.agent.discovery.SelectorScanner.Finding;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for the devices of all resources. */
public final class DeviceScanner {
    private final Roots roots;
    private final List<Selector> selectors = new ArrayList<>();

    /** @throws IllegalArgumentException when a selector cannot be understood */
    public DeviceScanner(Roots roots, List<DeviceResource> resources) {
        this.roots = roots;
        for (DeviceResource resource : resources) {
            resource.discover().forEach(selector -> selectors.add(selector(resource.name(), selector)));
        }
    }

    /** Takes one look. */
    Scan scan() {
        NodeReader reader = new NodeReader(roots.dev());
        List<Sighting> sightings = new ArrayList<>();
        List<Unmatched> unmatched = new ArrayList<>();
        Set<Path> directories = new HashSet<>();
        for (Selector selector : selectors) {
            Finding finding = selector.scanner.look(reader);
            directories.addAll(finding.directories());
            if (finding.sightings().stream().noneMatch(Sighting::isDevice)) {
                unmatched.add(new Unmatched(selector.resource, selector.text, why(finding)));
            }
            sightings.addAll(finding.sightings());
        }
        return new Scan(sightings, unmatched, directories);
    }

    private Selector selector(String resource, DeviceSelector selector) {
        Glob glob = Glob.of(selector.path().glob());
        return new Selector(resource, glob.toString(), new PathScanner(resource, roots.dev(), glob));
    }

    private static Why why(Finding finding) {
        boolean denied = finding.denied()
                || finding.sightings().stream().anyMatch(sighting -> sighting.problem() == Reason.PERMISSION_DENIED);
        if (denied) {
            return Why.PermissionDenied;
        }
        return finding.sightings().isEmpty() ? Why.NoMatch : Why.NotADevice;
    }

    /** One selector; its text is for the report. */
    private record Selector(String resource, String text, SelectorScanner scanner) {}
}
