package io.devicemgr.agent.discovery;

import io.devicemgr.agent.config.Glob;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.Inventory.Unmatched;
import io.devicemgr.agent.device.Inventory.Unmatched.Why;
import io.devicemgr.agent.discovery.Look.Memories;
import io.devicemgr.agent.discovery.SelectorScanner.Finding;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks for the devices of all resources. */
public final class DeviceScanner {
    private final Roots roots;
    private final Sysfs sysfs;
    private final Memories memories = new Memories();
    private final List<Selector> selectors = new ArrayList<>();

    /** @throws IllegalArgumentException when a selector cannot be understood */
    public DeviceScanner(Roots roots, List<DeviceResource> resources) {
        this.roots = roots;
        this.sysfs = new Sysfs(roots.sys());
        for (DeviceResource resource : resources) {
            resource.discover()
                    .forEach(selector -> selectors.add(new Selector(
                            resource.name(), SelectorText.of(selector), scanner(resource.name(), selector))));
        }
    }

    /** Takes one look. */
    Scan scan() {
        Look look = new Look(roots.dev(), sysfs, memories);
        List<Sighting> sightings = new ArrayList<>();
        List<Unmatched> unmatched = new ArrayList<>();
        Set<Path> directories = new HashSet<>();
        Set<String> subsystems = new HashSet<>();
        Set<String> warnings = new TreeSet<>();
        for (Selector selector : selectors) {
            Finding finding = selector.look(look);
            directories.addAll(finding.directories());
            subsystems.addAll(finding.subsystems());
            directories.addAll(homesOfNodes(finding));
            warnings.addAll(finding.warnings());
            if (finding.sightings().stream().noneMatch(Sighting::isDevice)) {
                unmatched.add(selector.unmatched(finding));
            }
            sightings.addAll(finding.sightings());
        }
        directories.addAll(look.nodes().directories());
        return new Scan(sightings, unmatched, directories, subsystems, warnings);
    }

    /**
     * Where the nodes of hardware stand that sysfs told of. Whoever removes a node by hand makes no uevent, and where uevents cannot
     * be heard a node that comes is the first sign.
     */
    private Set<Path> homesOfNodes(Finding finding) {
        if (finding.subsystems().isEmpty()) {
            return Set.of();
        }
        Set<Path> homes = new HashSet<>(Set.of(roots.dev()));
        finding.sightings().stream()
                .filter(Sighting::isDevice)
                .flatMap(sighting -> sighting.hardware().nodes().stream())
                .forEach(node -> homes.add(roots.dev()
                        .resolve(node.path().substring("/dev/".length()))
                        .getParent()));
        return homes;
    }

    private SelectorScanner scanner(String resource, DeviceSelector selector) {
        if (selector.usb() != null) {
            return new UsbScanner(resource, selector.usb());
        }
        if (selector.pci() != null) {
            return new PciScanner(resource, selector.pci());
        }
        if (selector.sysfs() != null) {
            return new SysfsScanner(resource, selector.sysfs());
        }
        return selector.bundle() != null
                ? new BundleScanner(resource, roots.dev(), selector.bundle())
                : new PathScanner(resource, roots.dev(), Glob.of(selector.path().glob()));
    }

    /** One selector; its text is for the report. */
    private record Selector(String resource, String text, SelectorScanner scanner) {
        Finding look(Look look) {
            try {
                return scanner.look(look);
            } catch (AccessDeniedException e) {
                String message = "the agent may not look at " + e.getFile() + "; it must run privileged";
                return new Finding(List.of(), true, Set.of(), Set.of(), Set.of(), message);
            }
        }

        Unmatched unmatched(Finding finding) {
            String problem = finding.sightings().stream()
                    .map(Sighting::message)
                    .findFirst()
                    .orElse(finding.hint());
            return new Unmatched(resource, text, why(finding), problem);
        }

        private static Why why(Finding finding) {
            Set<Reason> problems =
                    finding.sightings().stream().map(Sighting::problem).collect(Collectors.toSet());
            if (finding.denied() || problems.contains(Reason.PERMISSION_DENIED)) {
                return Why.PermissionDenied;
            }
            if (problems.contains(Reason.INCOMPLETE)) {
                return Why.Incomplete;
            }
            return problems.isEmpty() ? Why.NoMatch : Why.NotADevice;
        }
    }
}
