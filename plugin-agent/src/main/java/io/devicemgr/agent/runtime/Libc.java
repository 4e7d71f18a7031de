package io.devicemgr.agent.runtime;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;

/**
 * The functions of libc that the JDK lacks, mapped one to one; buffers must be direct. Touching this class loads JNA, so only
 * {@link Posix} and what it guards may do so. size_t and ssize_t are long on every machine that the agent runs on.
 */
final class Libc {
    static {
        // The process has libc already: no search through directories.
        Native.register(Libc.class, NativeLibrary.getProcess());
    }

    private Libc() {}

    static native int open(byte[] path, int flags);

    static native int close(int fd);

    static native long read(int fd, ByteBuffer into, long size);

    static native long write(int fd, ByteBuffer from, long size);

    static native int eventfd(int initial, int flags);

    static native int ioctl(int fd, long request);

    static native int poll(ByteBuffer pollfds, long count, int timeoutMillis);

    static native int socket(int domain, int type, int protocol);

    static native int setsockopt(int fd, int level, int option, ByteBuffer value, int length);

    static native int bind(int fd, ByteBuffer address, int length);

    static native long recvfrom(int fd, ByteBuffer into, long size, int flags, ByteBuffer from, ByteBuffer fromLength);

    static native String strerror(int errno);
}
