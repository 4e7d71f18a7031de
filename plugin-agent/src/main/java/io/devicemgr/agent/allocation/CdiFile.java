package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** The file with the CDI specification of one resource. Only {@link CdiFiles} writes it; anybody may ask what stands in it. */
final class CdiFile implements CdiNames {
    private static final String SUFFIX = ".json";
    private static final String PREFIX = "devicemgr_";

    private final String resource;
    private final Path file;
    private final NodePaths paths;
    private volatile State state = new State(null, null);

    /** What stands on disk, null when that is not known; and why what should stand there does not, or null. */
    private record State(CdiSpec written, String error) {}

    CdiFile(DeviceResource resource, Path directory, String deployment) {
        this.resource = resource.name();
        this.file = directory.resolve(prefix(deployment) + suffix(this.resource));
        this.paths = new NodePaths(this.resource, resource.allocate());
    }

    /** How the files of a deployment begin; its name has no underscore. */
    static String prefix(String deployment) {
        return PREFIX + deployment + "_";
    }

    /** How the file of a resource ends, whichever deployment it is of. */
    static String suffix(String resource) {
        return DeviceId.hash(resource) + "-" + resource.substring(resource.indexOf('/') + 1) + SUFFIX;
    }

    /** Whether a file name is one that an agent gives to a file, be it complete or not. */
    static boolean isOurs(String name) {
        return name.startsWith(PREFIX) || name.startsWith("." + PREFIX);
    }

    String resource() {
        return resource;
    }

    Path path() {
        return file;
    }

    CdiSpec wanted(DeviceTable table) {
        return CdiSpec.of(resource, paths, table);
    }

    /** Why the file is not what it should be. */
    Optional<String> error() {
        return Optional.ofNullable(state.error());
    }

    /** Whether all that is wanted stands in the file; it may have more. */
    boolean covers(CdiSpec wanted) {
        CdiSpec written = state.written();
        return wanted.isEmpty()
                || written != null
                        && written.devices()
                                .entrySet()
                                .containsAll(wanted.devices().entrySet());
    }

    boolean is(CdiSpec wanted) {
        return wanted.equals(state.written());
    }

    @Override
    public Optional<String> nameOf(Device device) {
        CdiSpec written = state.written();
        try {
            return written != null && written.gives(device.id(), paths.of(List.of(device)))
                    ? Optional.of(written.qualified(device.id()))
                    : Optional.empty();
        } catch (AllocationRefused e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean awaits(Device device) {
        // Where it cannot be written, containers get the nodes as such.
        return state.error() == null
                && !device.nodes().isEmpty()
                && nameOf(device).isEmpty();
    }

    /** Writes again what it has written, if somebody else has changed or removed it. */
    void repair() {
        CdiSpec written = state.written();
        if (written != null) {
            write(written);
        }
    }

    /** Writes the file if it is not so already. A specification without devices is not valid: then there is no file. */
    void write(CdiSpec wanted) {
        try {
            if (wanted.isEmpty()) {
                Files.deleteIfExists(file);
            } else if (!holds(wanted.json())) {
                replace(wanted.json());
            }
            state = new State(wanted, null);
        } catch (IOException e) {
            state = new State(
                    state.written(),
                    "the CDI specification " + file + " cannot be written (" + e
                            + "): see whether the directory is mounted and writable and has space left; until then, containers"
                            + " get device nodes instead of CDI names");
        }
    }

    private boolean holds(String text) {
        try {
            return Files.readString(file).equals(text);
        } catch (IOException e) {
            return false;
        }
    }

    /** The container runtime reads whenever it likes, so the file changes at once or not at all. */
    private void replace(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
