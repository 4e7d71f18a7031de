package io.devicemgr.agent.kubelet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** Which file a socket is: inode and time of making, because a file system uses an inode number again at once. */
record SocketIdentity(Object inode, FileTime made) {

    /** Identity of what is there now; nothing when nothing is. */
    static Optional<SocketIdentity> of(Path socket) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new SocketIdentity(attributes.fileKey(), attributes.lastModifiedTime()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
