package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.runtime.OneLine;
import io.devicemgr.api.v1alpha1.HealthProbe.SysfsAttribute;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads one attribute of the device in sysfs and compares it with the values that mean healthy. */
final class SysfsAttributeProbe implements Probe {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(2);

    /** sysfs gives at most a page. */
    private static final int MAX_BYTES = 4096;

    private final HostPaths host;
    private final SysfsAttribute attribute;

    SysfsAttributeProbe(HostPaths host, SysfsAttribute attribute) {
        this.host = host;
        this.attribute = attribute;
    }

    @Override
    public String kind() {
        return "sysfsAttribute";
    }

    @Override
    public Reason failure() {
        return Reason.ATTRIBUTE_UNEXPECTED;
    }

    @Override
    public Duration timeLimit() {
        return TIME_LIMIT;
    }

    @Override
    public Outcome run(Device device) {
        Optional<Path> directory = host.sysfsDirectory(device);
        if (directory.isEmpty()) {
            return unexpected("no directory in sysfs is known for " + device.path() + ", so "
                    + Words.quoted(attribute.path())
                    + " cannot be read: take the probe sysfsAttribute out of health.probes of "
                    + device.resource() + ", or select the device by usb, pci or sysfs");
        }
        Path file = directory.get().resolve(attribute.path());
        try {
            return compare(file);
        } catch (NoSuchFileException e) {
            return unexpected(file + " is not there");
        } catch (IOException e) {
            // The text of the exception is the path and what the kernel says.
            return unexpected(file + " cannot be read: " + OneLine.of(String.valueOf(e.getMessage())));
        }
    }

    private Outcome compare(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(host.sys().toRealPath())) {
            return unexpected(file + " leads out of sysfs, to " + real);
        }
        String value = read(real);
        List<String> healthy = attribute.in().stream().map(String::strip).toList();
        return healthy.contains(value)
                ? Outcome.passed()
                : unexpected(file + " is " + Words.quoted(value) + ", not one of " + healthy);
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    private static Outcome unexpected(String message) {
        return Outcome.failed(Reason.ATTRIBUTE_UNEXPECTED, message);
    }
}
