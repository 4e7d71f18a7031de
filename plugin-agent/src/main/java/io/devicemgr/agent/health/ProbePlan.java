package io.devicemgr.agent.health;

import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.HealthProbe;
import java.time.Duration;
import java.util.List;

/**
 * How the devices of one resource are probed.
 *
 * @param resource name of the resource
 * @param probes run one after the other until one fails; all must pass
 * @param period time between two runs
 * @param thresholds how many outcomes in a row make a verdict
 */
record ProbePlan(String resource, List<Probe> probes, Duration period, Thresholds thresholds) {
    private static final int GOLDEN = 0x9E3779B9;

    ProbePlan {
        probes = List.copyOf(probes);
    }

    static ProbePlan of(DeviceResource resource, HostPaths host) {
        return new ProbePlan(
                resource.name(),
                resource.health().probes().stream()
                        .map(probe -> probe(probe, host))
                        .toList(),
                Duration.ofSeconds(resource.health().periodSeconds()),
                new Thresholds(
                        resource.health().failureThreshold(), resource.health().successThreshold()));
    }

    private static Probe probe(HealthProbe probe, HostPaths host) {
        if (probe.open() != null) {
            return new OpenProbe(host, probe.open().mode());
        }
        return probe.command() != null
                ? new CommandProbe(host, probe.command())
                : new SysfsAttributeProbe(host, probe.sysfsAttribute());
    }

    /**
     * Time from the first run of a device to its second: half a period to one and a half, always the same for the same id, so
     * that devices that came together are probed apart from then on.
     */
    long secondRunNanos(DeviceId id) {
        // Fibonacci hashing: ids that differ in one digit come to lie far apart.
        double fraction = Integer.toUnsignedLong(id.value().hashCode() * GOLDEN) / (double) (1L << Integer.SIZE);
        return Math.round(period.toNanos() * (0.5 + fraction));
    }
}
