package io.devicemgr.testkit.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.ContainerDevices.MountSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CDI devices of a node, read from {@code /etc/cdi} and {@code /var/run/cdi} ({@code *.json}; the latter wins) at every
 * container start, as containerd and CRI-O do it. Files that a runtime would not load are logged and passed over; a device
 * that two files of one directory describe is unresolvable.
 */
final class CdiSpecs {
    private static final Logger LOG = LoggerFactory.getLogger(CdiSpecs.class);
    private static final List<String> DIRECTORIES = List.of("/etc/cdi", "/var/run/cdi");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A device and the specification it is from. */
    private record Found(CdiSpec spec, CdiSpec.Device device) {}

    private final HostFiles host;

    CdiSpecs(HostFiles host) {
        this.host = host;
    }

    /** The same devices with what their CDI names stand for; fails with CreateContainerError when one is unknown. */
    ContainerDevices resolve(ContainerDevices given) throws StartRefusedException, IOException {
        if (given.cdiNames().isEmpty()) {
            return given;
        }
        Map<String, Found> known = devices();
        List<String> unknown = given.cdiNames().stream()
                .filter(name -> !known.containsKey(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw new StartRefusedException(
                    "CreateContainerError",
                    "CDI device injection failed: unresolvable CDI devices " + String.join(", ", unknown));
        }
        Edited edited = new Edited(given);
        Set<CdiSpec> seen = new LinkedHashSet<>();
        for (String name : given.cdiNames()) {
            Found found = known.get(name);
            if (seen.add(found.spec())) {
                edited.apply(found.spec().containerEdits());
            }
            edited.apply(found.device().containerEdits());
        }
        return edited.result();
    }

    private Map<String, Found> devices() throws IOException {
        Map<String, Found> known = new HashMap<>();
        for (String directory : DIRECTORIES) {
            Map<String, Found> here = new HashMap<>();
            Set<String> twice = new LinkedHashSet<>();
            for (CdiSpec spec : specs(host.resolve(directory))) {
                for (CdiSpec.Device device : spec.devices()) {
                    String name = spec.kind() + "=" + device.name();
                    if (here.put(name, new Found(spec, device)) != null) {
                        twice.add(name);
                    }
                }
            }
            known.putAll(here);
            twice.forEach(known::remove);
        }
        return known;
    }

    private static List<CdiSpec> specs(Path directory) throws IOException {
        List<CdiSpec> specs = new ArrayList<>();
        for (Path file : files(directory)) {
            try {
                CdiSpec spec = JSON.readValue(Files.readAllBytes(file), CdiSpec.class);
                if (spec.problem().isEmpty()) {
                    specs.add(spec);
                } else {
                    LOG.warn("{} is no CDI specification: {}", file, spec.problem());
                }
            } catch (JsonProcessingException e) {
                LOG.warn("{} is no CDI specification: {}", file, e.getOriginalMessage());
            } catch (NoSuchFileException e) {
                LOG.debug("{} is gone", file);
            }
        }
        return specs;
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    /** A container's devices while edits are applied: the last one wins for an env, a path, or a mount. */
    private final class Edited {
        private final ContainerDevices given;
        private final Map<String, String> env;
        private final Map<String, MountSpecification> mounts = new LinkedHashMap<>();
        private final Map<String, DeviceNode> nodes = new LinkedHashMap<>();

        private Edited(ContainerDevices given) {
            this.given = given;
            this.env = new LinkedHashMap<>(given.env());
            given.mounts().forEach(mount -> mounts.put(mount.containerPath(), mount));
            given.devices().forEach(node -> nodes.put(node.containerPath(), node));
        }

        private void apply(CdiSpec.Edits edits) throws StartRefusedException {
            for (String variable : edits.env()) {
                int equals = variable.indexOf('=');
                env.put(variable.substring(0, Math.max(equals, 0)), variable.substring(equals + 1));
            }
            for (CdiSpec.Node node : edits.deviceNodes()) {
                if (!node.complete() && !Files.exists(host.resolve(node.onHost()))) {
                    throw new StartRefusedException(
                            "CreateContainerError",
                            "CDI device injection failed: failed to inject devices: failed to stat CDI host device \""
                                    + node.onHost() + "\": no such file or directory");
                }
                // A CDI node without permissions may be read, written and made.
                String permissions = node.permissions() == null ? "rwm" : node.permissions();
                nodes.put(node.path(), new DeviceNode(node.onHost(), node.path(), permissions));
            }
            edits.mounts()
                    .forEach(mount -> mounts.put(
                            mount.containerPath(),
                            new MountSpecification(mount.hostPath(), mount.containerPath(), mount.readOnly())));
        }

        private ContainerDevices result() {
            return new ContainerDevices(
                    given.deviceIds(),
                    env,
                    List.copyOf(mounts.values()),
                    List.copyOf(nodes.values()),
                    given.annotations(),
                    given.cdiNames());
        }
    }
}
