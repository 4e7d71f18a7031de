package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A program with everything that it has started. Its processes are known by descent, and by a variable in their environment,
 * which finds those too whose parent has ended. A process that has cleared its environment and lost its parent is not found.
 */
final class ProcessTree {
    private static final String MARK = "DEVICEMGR_RUN";

    /** A process in an uninterruptible call dies only when that ends. */
    private static final Duration KILL_LIMIT = Duration.ofSeconds(1);

    private static final long PAUSE_MILLIS = 20;

    private final String mark = MARK + "=" + UUID.randomUUID();
    private final Process root;

    /** @throws IOException when the program cannot be started */
    ProcessTree(ProcessBuilder builder) throws IOException {
        builder.environment().put(MARK, mark.substring(MARK.length() + 1));
        root = builder.start();
    }

    Process root() {
        return root;
    }

    /**
     * Kills all of it, the root first so that no script goes on; returns when nothing of it runs, or after a second.
     *
     * @return whether nothing of it runs any more
     */
    boolean kill() {
        Set<ProcessHandle> tree = new LinkedHashSet<>();
        tree.add(root.toHandle());
        long end = System.nanoTime() + KILL_LIMIT.toNanos();
        boolean interrupted = false;
        do {
            // The tree is looked at before its root dies: orphans have no descent.
            grow(tree);
            tree.forEach(ProcessHandle::destroyForcibly);
            // A process may have been started between the look and the kill.
            boolean grown = grow(tree);
            if (!grown && tree.stream().noneMatch(ProcessTree::runs)) {
                break;
            }
            interrupted |= pause();
        } while (System.nanoTime() - end < 0);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return tree.stream().noneMatch(ProcessTree::runs);
    }

    private boolean grow(Set<ProcessHandle> tree) {
        int before = tree.size();
        Set.copyOf(tree).forEach(process -> process.descendants().forEach(tree::add));
        ProcessHandle.allProcesses().filter(this::isMarked).forEach(tree::add);
        return tree.size() > before;
    }

    private boolean isMarked(ProcessHandle process) {
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc", String.valueOf(process.pid()), "environ"));
            return new String(environment, StandardCharsets.ISO_8859_1).contains(mark);
        } catch (IOException e) {
            return false;
        }
    }

    /** A process that nobody has reaped yet still exists, but does nothing any more. */
    private static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(
                    Path.of("/proc", String.valueOf(process.pid()), "stat"), StandardCharsets.ISO_8859_1);
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean pause() {
        try {
            if (!root.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
