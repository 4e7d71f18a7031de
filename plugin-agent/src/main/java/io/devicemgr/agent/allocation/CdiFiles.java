package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Inventory;
import io.devicemgr.api.v1alpha1.DeviceResource;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the CDI specifications of all resources that use CDI on disk. A device that is new or has come back is written at once,
 * before anybody is told of it; what only goes away is written a moment later, so that no list waits for the disk.
 */
public final class CdiFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CdiFiles.class);

    private final Path directory;
    private final String deployment;
    private final Map<String, CdiFile> files = new LinkedHashMap<>();
    private final Supplier<Inventory> inventory;
    private final Runnable onTrouble;
    private final Duration checkPeriod;
    private final Set<Path> leftovers = new HashSet<>();
    private ScheduledThreadPoolExecutor thread;

    /**
     * @param directory where container runtimes look for specifications
     * @param deployment name by which files of earlier settings are recognised
     * @param resources those that do not use CDI are passed over
     * @param inventory gives the newest
     * @param onTrouble is called whenever {@link #trouble} has changed
     * @param checkPeriod how often files that cannot be written are tried again, and others are looked at
     */
    public CdiFiles(
            Path directory,
            String deployment,
            Collection<DeviceResource> resources,
            Supplier<Inventory> inventory,
            Runnable onTrouble,
            Duration checkPeriod) {
        this.directory = directory;
        this.deployment = deployment;
        this.inventory = inventory;
        this.onTrouble = onTrouble;
        this.checkPeriod = checkPeriod;
        resources.stream()
                .filter(resource -> resource.allocate().cdi().enabled())
                .forEach(resource -> files.put(resource.name(), new CdiFile(resource, directory, deployment)));
    }

    /** Looks what earlier agents have left, and begins to check. Before the first inventory. */
    public synchronized void start() {
        List<String> wanted = files.values().stream()
                .map(file -> file.path().getFileName().toString())
                .toList();
        List<String> suffixes = files.keySet().stream().map(CdiFile::suffix).toList();
        for (Path file : ours()) {
            String name = file.getFileName().toString();
            boolean mine = name.startsWith(CdiFile.prefix(deployment));
            boolean rival = !mine && suffixes.stream().anyMatch(suffix -> name.endsWith("_" + suffix));
            if (name.startsWith(".") ? name.startsWith("." + CdiFile.prefix(deployment)) : rival) {
                // Two files with one device in them make it unusable, and this agent has the resource now.
                remove(file);
            } else if (mine && !wanted.contains(name)) {
                leftovers.add(file);
            }
        }
        if (!files.isEmpty()) {
            thread = new ScheduledThreadPoolExecutor(1, task -> {
                Thread worker = new Thread(task, "cdi");
                worker.setDaemon(true);
                return worker;
            });
            thread.scheduleWithFixedDelay(
                    this::check, checkPeriod.toNanos(), checkPeriod.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Names of the devices of a resource. */
    public CdiNames names(String resource) {
        CdiFile file = files.get(resource);
        return file == null ? CdiNames.NONE : file;
    }

    /** Why the specification of a resource is not on disk, or nothing. */
    public Optional<String> trouble(String resource) {
        return Optional.ofNullable(files.get(resource)).flatMap(CdiFile::error);
    }

    /** Must be told of a change of the inventory before all who hand devices out. */
    public void inventoryChanged() {
        if (!files.isEmpty() && !update(false)) {
            thread.execute(() -> update(true));
        }
    }

    /** Removes the files of resources that are not offered with CDI any more, once no container holds one of their devices. */
    public synchronized void heldNow(Set<String> resources) {
        Set<String> held = resources.stream().map(CdiFile::suffix).collect(Collectors.toSet());
        leftovers.removeIf(file -> {
            boolean free = held.stream()
                    .noneMatch(suffix -> file.getFileName().toString().endsWith("_" + suffix));
            if (free) {
                remove(file);
            }
            return free;
        });
    }

    /** Stops checking. The files stay: containers that run may restart while no agent does. */
    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.shutdownNow();
        }
    }

    /**
     * Writes what must be written.
     *
     * @param all also that what went away
     * @return whether nothing is left to be done
     */
    private synchronized boolean update(boolean all) {
        Inventory newest = inventory.get();
        boolean complete = true;
        boolean troubleChanged = false;
        for (CdiFile file : files.values()) {
            CdiSpec wanted = file.wanted(new DeviceTable(newest.of(file.resource())));
            if (!file.covers(wanted) || all && !file.is(wanted)) {
                Optional<String> before = file.error();
                file.write(wanted);
                troubleChanged |= tell(file, before);
            }
            complete &= file.is(wanted) || file.error().isPresent();
        }
        if (troubleChanged) {
            onTrouble.run();
        }
        return complete;
    }

    private static boolean tell(CdiFile file, Optional<String> before) {
        if (file.error().equals(before)) {
            return false;
        }
        if (file.error().isPresent()) {
            LOG.warn("{}: {}", file.resource(), file.error().get());
        } else {
            LOG.info("{}: the CDI specification is written again", file.resource());
        }
        return true;
    }

    private void check() {
        try {
            synchronized (this) {
                for (CdiFile file : files.values()) {
                    Optional<String> before = file.error();
                    file.repair();
                    if (tell(file, before)) {
                        onTrouble.run();
                    }
                }
            }
            update(true);
        } catch (RuntimeException e) {
            LOG.error("The check of the CDI specifications failed; there will be another", e);
        }
    }

    private List<Path> ours() {
        List<Path> ours = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(
                directory, file -> CdiFile.isOurs(file.getFileName().toString()))) {
            all.forEach(ours::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("No look for old CDI specifications in {}: {}", directory, e.toString());
        }
        return ours;
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
            LOG.info("Removed {}, which nothing needs any more", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", file, e.toString());
        }
    }
}
