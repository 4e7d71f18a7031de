package io.devicemgr.agent.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * What an earlier agent on the node has left of itself, and so how long ago it may have ended: its successor must pause as if
 * the streams had been its own (contract rule 83).
 */
final class Predecessor {
    /** A file system keeps times that are up to one tick of the kernel old. */
    private static final Duration TICK = Duration.ofMillis(20);

    private final Path directory;
    private final Path kubeletSocket;

    /** @param directory where plugins of this agent have their sockets */
    Predecessor(Path directory, Path kubeletSocket) {
        this.directory = directory;
        this.kubeletSocket = kubeletSocket;
    }

    /**
     * What is left of the pause. A dead socket says that an agent was killed, at a time that nobody knows but before this process
     * began. One that ended in good order has removed its sockets, which shows in the time of the directory; so does much else,
     * for instance the kubelet's checkpoint, so the pause may be one second too long but never too short. A kubelet that has
     * started since knows nothing of the earlier agent.
     */
    Duration pause(Collection<String> resources, Instant now) {
        if (resources.stream()
                .anyMatch(resource -> !PluginServer.dead(directory, resource).isEmpty())) {
            return Registration.PAUSE;
        }
        try {
            Instant changed = Files.getLastModifiedTime(directory).toInstant();
            Duration left = Registration.PAUSE.minus(Duration.between(changed, now));
            boolean recent = !left.isNegative() && left.compareTo(Registration.PAUSE.plus(TICK)) <= 0;
            return recent && !kubeletStartedSince(changed) ? left : Duration.ZERO;
        } catch (IOException e) {
            // No directory, so no earlier agent either.
            return Duration.ZERO;
        }
    }

    private boolean kubeletStartedSince(Instant changed) throws IOException {
        return Files.exists(kubeletSocket)
                && !Files.getLastModifiedTime(kubeletSocket).toInstant().isBefore(changed.minus(TICK));
    }
}
