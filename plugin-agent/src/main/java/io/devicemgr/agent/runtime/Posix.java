package io.devicemgr.agent.runtime;

import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What the agent asks of the operating system past the JDK. JNA is loaded at the first call and not before: an agent that
 * needs none of this does not pay for it.
 */
public final class Posix {
    static final int O_CLOEXEC = 0x80000;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOBUFS = 105;

    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int HEX = 16;

    private Posix() {}

    /** How a file is opened. */
    public enum Access {
        READ(0),
        WRITE(1),
        READ_WRITE(2);

        private final int flag;

        Access(int flag) {
            this.flag = flag;
        }
    }

    /**
     * Why a call has failed.
     *
     * @param errno the number, as in errno.h
     * @param text what the C library says to it
     */
    public record Failure(int errno, String text) {
        @Override
        public String toString() {
            return text + " (errno " + errno + ")";
        }
    }

    /** Why the C library cannot be called in this process, or nothing. */
    public static Optional<String> trouble() {
        return Loading.TROUBLE;
    }

    /**
     * Opens a file or device and closes it again, without waiting for a peer (O_NONBLOCK), without getting a controlling
     * terminal and without creating anything. A driver may still hang in it or act upon it (a serial line raises DTR).
     *
     * @return why it cannot be opened, or nothing when it can
     * @throws IOException when the C library cannot be called at all, which says nothing about the file
     */
    public static Optional<Failure> tryOpen(Path path, Access access) throws IOException {
        require();
        byte[] name = nativeName(path);
        int flags = access.flag | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
        int fd = (int) again(() -> Libc.open(name, flags));
        if (fd < 0) {
            return Optional.of(lastFailure());
        }
        Libc.close(fd);
        return Optional.empty();
    }

    /** @throws IOException when the C library cannot be called */
    static void require() throws IOException {
        if (trouble().isPresent()) {
            throw new IOException("the C library cannot be called: " + trouble().get());
        }
    }

    /** Makes a call until no signal interrupts it. */
    static long again(LongSupplier call) {
        long result = call.getAsLong();
        while (result < 0 && Native.getLastError() == EINTR) {
            result = call.getAsLong();
        }
        return result;
    }

    /** The result, unless it is negative. */
    static long check(String call, long result) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": " + lastFailure());
        }
        return result;
    }

    /** Why this thread's last call has failed. */
    static Failure lastFailure() {
        int errno = Native.getLastError();
        return new Failure(errno, Libc.strerror(errno));
    }

    /** The bytes of the path as the kernel knows them, whatever the locale: only its URI gives them. */
    static byte[] nativeName(Path path) {
        byte[] encoded = path.toUri().getRawPath().getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream name = new ByteArrayOutputStream(encoded.length + 1);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%') {
                name.write(Character.digit(encoded[i + 1], HEX) * HEX + Character.digit(encoded[i + 2], HEX));
                i += 2;
            } else {
                name.write(encoded[i]);
            }
        }
        name.write(0);
        return name.toByteArray();
    }

    /** Initialised at the first use. */
    private static final class Loading {
        static final Optional<String> TROUBLE = load();

        private static Optional<String> load() {
            try {
                Libc.strerror(0);
                return Optional.empty();
            } catch (LinkageError e) {
                return Optional.of(e.toString());
            }
        }
    }
}
