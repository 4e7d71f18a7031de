package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The watch keys that some directories need: each directory itself, where every entry matters, and every step of the way to it
 * from the root, links included, where one name does. inotify holds on to what lay under a path when it was asked; the steps
 * tell that the path leads elsewhere now, or at last to something.
 */
final class Trails {
    static final Trails NONE = new Trails(null);

    /** As many as the kernel follows. */
    private static final int MOST_LINKS = 40;

    private final Registrar registrar;
    private final Map<WatchKey, Interest> interests = new HashMap<>();
    private final Map<Path, WatchKey> registered = new HashMap<>();

    /** Asks for the events of one directory. */
    interface Registrar {
        WatchKey register(Path directory) throws IOException;
    }

    /** What a batch of events means to whoever has the trails. */
    enum Effect {
        NONE,
        /** Something in a directory has come or gone. */
        CHANGED,
        /** A path may lead elsewhere now: the trails must be followed anew. */
        MOVED
    }

    private Trails(Registrar registrar) {
        this.registrar = registrar;
    }

    /** @throws IOException when a directory that is there cannot be watched */
    static Trails follow(Set<Path> directories, Registrar registrar) throws IOException {
        Trails trails = new Trails(registrar);
        for (Path directory : directories) {
            trails.follow(directory.toAbsolutePath());
        }
        return trails;
    }

    Set<WatchKey> keys() {
        return interests.keySet();
    }

    /** Whether these tell of everything that the others tell of. */
    boolean cover(Trails others) {
        return others.interests.entrySet().stream()
                .allMatch(each -> interests.containsKey(each.getKey())
                        && interests.get(each.getKey()).covers(each.getValue()));
    }

    /**
     * @param events of the key
     * @param valid whether the key's directory still exists
     */
    Effect effect(WatchKey key, List<WatchEvent<?>> events, boolean valid) {
        Interest interest = interests.get(key);
        if (interest == null) {
            return Effect.NONE;
        }
        if (!valid || events.stream().anyMatch(interest::isStep)) {
            return Effect.MOVED;
        }
        return interest.everything ? Effect.CHANGED : Effect.NONE;
    }

    private void follow(Path wanted) throws IOException {
        Deque<Path> ahead = new ArrayDeque<>();
        wanted.forEach(ahead::add);
        Path reached = wanted.getRoot();
        int links = 0;
        while (!ahead.isEmpty() && links <= MOST_LINKS) {
            Path name = ahead.pop();
            // First the watch, then the look: what happens in between makes an event.
            if (!watchStep(reached, name)) {
                return;
            }
            Path next = reached.resolve(name).normalize();
            Path target = target(next);
            if (target == null) {
                reached = next;
            } else {
                links++;
                reached = target.isAbsolute() ? target.getRoot() : reached;
                pushAll(ahead, target);
            }
        }
        if (links <= MOST_LINKS) {
            watchAll(reached);
        }
    }

    private static void pushAll(Deque<Path> ahead, Path target) {
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
            ahead.push(target.getName(i));
        }
    }

    private static Path target(Path path) throws IOException {
        try {
            return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path) : null;
        } catch (NoSuchFileException | NotLinkException e) {
            return null;
        }
    }

    /** Whether the directory is there. One that may be passed but not read gives no events; its own watch would fail as well. */
    private boolean watchStep(Path directory, Path name) throws IOException {
        try {
            WatchKey key = register(directory);
            if (key != null) {
                interests.computeIfAbsent(key, any -> new Interest()).steps.add(name);
            }
            return key != null;
        } catch (AccessDeniedException e) {
            return true;
        }
    }

    private void watchAll(Path directory) throws IOException {
        WatchKey key = register(directory);
        if (key != null) {
            interests.computeIfAbsent(key, any -> new Interest()).everything = true;
        }
    }

    /** The key, or null when there is no such directory. */
    private WatchKey register(Path directory) throws IOException {
        WatchKey known = registered.get(directory);
        if (known != null) {
            return known;
        }
        try {
            WatchKey key = registrar.register(directory);
            registered.put(directory, key);
            return key;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    /** What matters of one directory. */
    private static final class Interest {
        private final Set<Path> steps = new HashSet<>();
        private boolean everything;

        /** An overflow may have hidden one. */
        private boolean isStep(WatchEvent<?> event) {
            return event.kind() == StandardWatchEventKinds.OVERFLOW || steps.contains(event.context());
        }

        private boolean covers(Interest other) {
            return (everything || !other.everything) && steps.containsAll(other.steps);
        }
    }
}
