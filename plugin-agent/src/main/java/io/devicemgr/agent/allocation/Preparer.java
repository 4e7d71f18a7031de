package io.devicemgr.agent.allocation;

import io.devicemgr.agent.config.Template;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.device.InventoryStore;
import io.devicemgr.agent.runtime.Metrics;
import io.devicemgr.agent.runtime.Program;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Makes the devices of a container ready before it starts: reset, then command. It may be asked again, and at the same time. */
public final class Preparer {
    /** The kubelet waits for 30 s (contract rule 74); the rest is for the reading of PodResources. */
    public static final Duration LIMIT = Duration.ofSeconds(25);

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);

    private final String resource;
    private final Preparation preparation;
    private final Replicas replicas;
    private final Surroundings surroundings;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /**
     * What all preparers have in common.
     *
     * @param store inventory that tells whether a device is back
     * @param look looks at the devices at once
     * @param host where the agent sees what the host calls /dev and /sys
     * @param reset access to sysfs
     */
    public record Surroundings(InventoryStore store, Runnable look, HostPaths host, SysfsReset reset, Metrics metrics) {
        public Surroundings(InventoryStore store, Runnable look, HostPaths host, Metrics metrics) {
            this(store, look, host, new SysfsReset(host.sys()), metrics);
        }
    }

    private Preparer(DeviceResource resource, Surroundings surroundings) {
        this.resource = resource.name();
        this.preparation = resource.prepare();
        this.replicas = new Replicas(resource.sharing().replicas());
        this.surroundings = surroundings;
    }

    /** The preparer of a resource, if its devices are to be prepared. */
    public static Optional<Preparer> of(DeviceResource resource, Surroundings surroundings) {
        return resource.prepare().isNeeded() ? Optional.of(new Preparer(resource, surroundings)) : Optional.empty();
    }

    /**
     * Prepares all devices of a container, one after the other.
     *
     * @param ids all ids of the resource that the container has
     * @param occupancy who holds what; nothing when that cannot be read
     * @param limit time for all of it
     * @throws AllocationRefused when a device is not there, another container uses it, or it cannot be prepared
     * @throws InterruptedException when this thread is interrupted
     */
    public void prepare(DeviceTable devices, Collection<String> ids, Optional<Occupancy> occupancy, Duration limit)
            throws AllocationRefused, InterruptedException {
        Map<String, Device> chosen = choose(devices, ids);
        for (Device device : chosen.values()) {
            checkFree(device, ids, occupancy);
        }
        long end = System.nanoTime() + limit.toNanos();
        for (Device device : chosen.values()) {
            ReentrantLock lock = locks.computeIfAbsent(device.id().value(), id -> new ReentrantLock());
            if (!lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new AllocationRefused("device '" + device.id() + "' of " + resource
                        + " is still being prepared for another start of a container");
            }
            try {
                Device ready = preparation.reset() == Reset.None ? device : timed("reset", () -> reset(device, end));
                if (!preparation.command().isEmpty()) {
                    timed("command", () -> command(ready, end));
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private Map<String, Device> choose(DeviceTable devices, Collection<String> ids) throws AllocationRefused {
        Map<String, Device> chosen = new TreeMap<>();
        for (String id : ids) {
            Device device = replicas.deviceOf(id)
                    .flatMap(devices::find)
                    .orElseThrow(() -> new AllocationRefused(
                            resource + " has no device '" + id + "' on this node any more: delete the pod"));
            // A device that only fails its probes may need just this.
            if (!device.presence().isHealthy()) {
                throw new AllocationRefused("device '" + id + "' of " + resource + " cannot be prepared: "
                        + device.presence().reason().reported() + ", "
                        + device.presence().message());
            }
            chosen.put(device.id().value(), device);
        }
        return chosen;
    }

    private void checkFree(Device device, Collection<String> ids, Optional<Occupancy> occupancy)
            throws AllocationRefused {
        if (occupancy.isEmpty() && replicas.shared()) {
            throw new AllocationRefused("device '" + device.id() + "' of " + resource
                    + " is shared, and the kubelet's PodResources API does not say whether another container uses it:"
                    + " it is not prepared before that can be read");
        }
        Optional<String> others =
                occupancy.flatMap(now -> now.othersThan(ids, device.id().value()));
        if (others.isPresent()) {
            throw new AllocationRefused("device '" + device.id() + "' of " + resource + " is used by " + others.get()
                    + ", which its preparation would disturb: wait for the end of that, or leave sharing or prepare out of the"
                    + " DevicePluginDeployment");
        }
    }

    private Device reset(Device device, long end) throws AllocationRefused, InterruptedException {
        SysfsReset sysfs = surroundings.reset();
        String id = device.id().value();
        if (preparation.reset() == Reset.PCIFunctionReset) {
            sysfs.pciFunction(id, device.hardware().sysfsPath());
            return device;
        }
        Path usbDevice = sysfs.usbDevice(id, device.hardware().sysfsPath());
        try {
            sysfs.authorize(id, usbDevice, false);
            // Otherwise the device could seem to be there still when it is only not noticed to be gone.
            surroundings.look().run();
        } finally {
            sysfs.authorize(id, usbDevice, true);
        }
        surroundings.look().run();
        return awaitReturn(device, end);
    }

    private Device awaitReturn(Device device, long end) throws AllocationRefused, InterruptedException {
        Semaphore changes = new Semaphore(0);
        InventoryStore.Registration registration = surroundings.store().onChange(now -> changes.release());
        try {
            while (true) {
                Device now = surroundings.store().current().of(resource).stream()
                        .filter(candidate -> candidate.id().equals(device.id()))
                        .findFirst()
                        .orElseThrow(() -> notBack(device, "it is not listed any more"));
                if (now.presence().isHealthy()) {
                    return now;
                }
                boolean other = now.presence().reason() == Reason.REPLACED
                        || now.presence().reason() == Reason.RENUMBERED;
                if (other || !changes.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw notBack(device, now.presence().message());
                }
            }
        } finally {
            registration.close();
        }
    }

    private AllocationRefused notBack(Device device, String message) {
        return new AllocationRefused(
                "device '" + device.id() + "' of " + resource + " has not come back after its reset: " + message);
    }

    private Device command(Device device, long end) throws AllocationRefused, InterruptedException {
        Map<String, String> values = surroundings.host().variables(device);
        List<String> command = preparation.command().stream()
                .map(word -> Template.fill(word, values))
                .toList();
        Duration left = Duration.ofNanos(Math.max(end - System.nanoTime(), 0));
        Duration limit = left.compareTo(COMMAND_LIMIT) < 0 ? left : COMMAND_LIMIT;
        Program.Result result;
        try {
            result = Program.run(command, limit);
        } catch (IOException e) {
            throw new AllocationRefused("device '" + device.id() + "' of " + resource + " cannot be prepared: "
                    + e.getMessage() + "; the program must be in the agent's container: bring it there with"
                    + " agent.extraVolumes");
        }
        if (!result.succeeded()) {
            String how = result.code() == null
                    ? " did not end within " + limit.toSeconds() + " s and was killed"
                    : " ended with " + result.code();
            throw new AllocationRefused("device '" + device.id() + "' of " + resource + " is not prepared: "
                    + command.get(0) + how
                    + (result.output().isEmpty() ? "" : ": " + result.output()));
        }
        return device;
    }

    private Device timed(String kind, Step step) throws AllocationRefused, InterruptedException {
        long start = System.nanoTime();
        boolean succeeded = false;
        try {
            Device ready = step.run();
            succeeded = true;
            return ready;
        } finally {
            surroundings.metrics().prepared(resource, kind, succeeded, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** A part of a preparation; gives the device as it is afterwards. */
    private interface Step {
        Device run() throws AllocationRefused, InterruptedException;
    }
}
