package io.devicemgr.agent.discovery;

import io.devicemgr.agent.config.Glob;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.api.v1alpha1.BundleSelector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Everything that some globs match, as one device. */
final class BundleScanner implements SelectorScanner {
    private final String resource;
    private final Path devDirectory;
    private final List<Glob> globs;
    private final List<Glob> optionalGlobs;
    private final String key;
    private final String name;

    /** @throws IllegalArgumentException when a glob cannot be understood */
    BundleScanner(String resource, Path devDirectory, BundleSelector selector) {
        this.resource = resource;
        this.devDirectory = devDirectory;
        this.globs = selector.globs().stream().map(Glob::of).toList();
        this.optionalGlobs = selector.optionalGlobs().stream().map(Glob::of).toList();
        this.key = "bundle of " + String.join(", ", selector.globs());
        this.name = name(selector.globs().get(0));
    }

    @Override
    public Finding look(Look look) {
        Collection collection = new Collection(look.nodes());
        List<String> missing = new ArrayList<>();
        for (Glob glob : globs) {
            if (!collection.add(glob, Role.OWN)) {
                missing.add(glob.toString());
            }
        }
        optionalGlobs.forEach(glob -> collection.add(glob, Role.OPTIONAL));
        Sighting sighting = missing.isEmpty() ? collection.device() : collection.incomplete(missing);
        return new Finding(List.of(sighting), false, collection.directories, Set.of(), Set.of(), null);
    }

    private static String name(String glob) {
        String plain =
                glob.substring("/dev/".length()).replaceFirst("[*?\\[{].*", "").replaceFirst("[/_-]+$", "");
        return "bundle-" + (plain.isEmpty() ? "dev" : plain);
    }

    /** What the globs match. */
    private final class Collection {
        private final NodeReader reader;
        private final Map<String, Hardware> required = new LinkedHashMap<>();
        private final Map<String, DeviceNode> nodes = new LinkedHashMap<>();
        private final Set<Path> directories = new HashSet<>();
        private boolean denied;

        Collection(NodeReader reader) {
            this.reader = reader;
        }

        /** Whether the glob matches a device node. */
        boolean add(Glob glob, Role role) {
            GlobWalk walk = GlobWalk.along(glob, devDirectory);
            directories.addAll(walk.directories());
            denied |= walk.denied();
            boolean found = false;
            for (Path entry : walk.matches()) {
                Sighting sighting = reader.read(resource, entry, directories).orElse(null);
                denied |= sighting != null && sighting.problem() == Reason.PERMISSION_DENIED;
                if (sighting != null && sighting.isDevice()) {
                    found = true;
                    add(sighting.hardware(), role);
                }
            }
            return found;
        }

        private void add(Hardware hardware, Role role) {
            DeviceNode node = hardware.nodes().get(0);
            nodes.putIfAbsent(node.path(), new DeviceNode(node.path(), node.hostPath(), node.number(), role));
            if (role == Role.OWN) {
                required.putIfAbsent(node.path(), hardware);
            }
        }

        Sighting device() {
            List<Integer> numaNodes = required.values().stream()
                    .map(Hardware::numaNode)
                    .distinct()
                    .toList();
            return Sighting.of(
                    resource,
                    new Hardware(
                            key,
                            identity(),
                            name,
                            List.copyOf(nodes.values()),
                            List.copyOf(nodes.keySet()),
                            null,
                            numaNodes.size() == 1 ? numaNodes.get(0) : null));
        }

        /** The hardware behind the nodes; a node more of the same hardware is not another device. */
        private String identity() {
            Set<String> hardware = required.values().stream()
                    .filter(each -> !Objects.equals(
                            each.identity(), each.nodes().get(0).number().toString()))
                    .map(Hardware::identity)
                    .collect(Collectors.toCollection(TreeSet::new));
            return hardware.isEmpty() ? "a bundle of device nodes" : String.join(" and ", hardware);
        }

        Sighting incomplete(List<String> missing) {
            return denied
                    ? Sighting.problem(
                            resource,
                            key,
                            Reason.PERMISSION_DENIED,
                            "the agent may not look at everything of the " + key + "; it must run privileged")
                    : Sighting.problem(
                            resource,
                            key,
                            Reason.INCOMPLETE,
                            "nothing matches " + String.join(", ", missing) + " of the " + key
                                    + "; plug in what is missing, or make it one of optionalGlobs");
        }
    }
}
