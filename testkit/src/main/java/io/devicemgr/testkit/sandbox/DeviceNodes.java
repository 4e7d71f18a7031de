package io.devicemgr.testkit.sandbox;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Makes thousands of character devices, each with a number of its own, which needs root. Nothing answers behind them. */
final class DeviceNodes {
    private static final int BLOCK = 512;
    /** The first of the majors that Linux leaves to local use. */
    private static final int MAJOR = 240;

    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;

    private DeviceNodes() {}

    /**
     * Makes the nodes {@code name0}, {@code name1} and so on.
     *
     * @return false when this user may not make device nodes
     */
    static boolean make(Path directory, String name, int count) throws IOException {
        // One archive, because a process for each node would take minutes.
        Process tar = new ProcessBuilder("tar", "-x", "-f", "-", "-C", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream out = new BufferedOutputStream(tar.getOutputStream())) {
            for (int n = 0; n < count; n++) {
                out.write(header(name + n, n));
            }
            out.write(new byte[2 * BLOCK]);
        } catch (IOException e) {
            tar.destroy();
            return false;
        }
        try {
            return tar.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while making device nodes", e);
        }
    }

    /** A header of a ustar archive (POSIX.1-1988): fields of octal digits at fixed offsets. */
    private static byte[] header(String name, int minor) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000600\0" + "0000000\0" + "0000000\0" + "00000000000\0" + "00000000000\0");
        put(header, CHECKSUM, " ".repeat(CHECKSUM_LENGTH));
        put(header, 156, "3");
        put(header, 257, "ustar\0" + "00");
        put(header, 329, octal(MAJOR) + octal(minor));
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, CHECKSUM, String.format("%06o\0 ", sum));
        return header;
    }

    private static String octal(int number) {
        return String.format("%07o\0", number);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
