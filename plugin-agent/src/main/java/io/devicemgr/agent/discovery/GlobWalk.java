package io.devicemgr.agent.discovery;

import io.devicemgr.agent.config.Glob;
import io.devicemgr.agent.config.Glob.Segment;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One walk along a glob: what is there, and which directories decide about it. */
final class GlobWalk {
    private static final Logger LOG = LoggerFactory.getLogger(GlobWalk.class);

    private final Set<Path> matches = new LinkedHashSet<>();
    private final Set<Path> directories = new TreeSet<>();
    private boolean denied;

    /** Walks the tree of device nodes once. */
    static GlobWalk along(Glob glob, Path devDirectory) {
        GlobWalk walk = new GlobWalk();
        glob.alternatives().forEach(segments -> walk.visit(devDirectory, segments));
        return walk;
    }

    /** Entries that match, links not followed, in the order in which a shell lists them. */
    Set<Path> matches() {
        return matches;
    }

    /** Directories in which something that comes or goes changes the result. */
    Set<Path> directories() {
        return directories;
    }

    /** Whether a directory could not be read for want of permission. */
    boolean denied() {
        return denied;
    }

    private void visit(Path directory, List<Segment> segments) {
        directories.add(directory);
        Segment segment = segments.get(0);
        List<Segment> rest = segments.subList(1, segments.size());
        if (segment.literal() != null) {
            Path entry = directory.resolve(segment.literal());
            if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                step(entry, rest);
            }
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                directory, entry -> segment.matches().test(entry.getFileName().toString()))) {
            Set<Path> sorted = new TreeSet<>();
            entries.forEach(sorted::add);
            sorted.forEach(entry -> step(entry, rest));
        } catch (AccessDeniedException e) {
            denied = true;
        } catch (IOException | DirectoryIteratorException e) {
            // It went away while it was read: its parent is watched, so there will be another look.
            LOG.debug("{} cannot be listed: {}", directory, e.getMessage());
        }
    }

    private void step(Path entry, List<Segment> rest) {
        if (rest.isEmpty()) {
            matches.add(entry);
        } else if (Files.isDirectory(entry)) {
            visit(entry, rest);
        }
    }
}
