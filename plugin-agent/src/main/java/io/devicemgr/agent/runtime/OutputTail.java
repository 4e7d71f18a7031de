package io.devicemgr.agent.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The end of what a program has written; everything before is forgotten, so that no program can fill the memory. */
final class OutputTail {
    private static final int SIZE = 1024;
    private static final int CONTINUATION_MASK = 0xc0;
    private static final int CONTINUATION = 0x80;

    private final byte[] ring = new byte[SIZE];
    private final byte[] buffer = new byte[SIZE * 8];
    private long written;

    /**
     * Takes what can be read without waiting, at most one buffer.
     *
     * @return whether there was anything
     */
    boolean takeAvailable(InputStream in) throws IOException {
        int ready = Math.min(in.available(), buffer.length);
        int read = ready > 0 ? in.read(buffer, 0, ready) : 0;
        for (int i = 0; i < read; i++) {
            ring[(int) (written++ % SIZE)] = buffer[i];
        }
        return read > 0;
    }

    /** The last kibibyte on one line, without control characters. */
    String text() {
        int length = (int) Math.min(written, SIZE);
        byte[] last = new byte[length];
        for (int i = 0; i < length; i++) {
            last[i] = ring[(int) ((written - length + i) % SIZE)];
        }
        int start = 0;
        while (written > SIZE && start < length && (last[start] & CONTINUATION_MASK) == CONTINUATION) {
            start++;
        }
        return OneLine.of(new String(last, start, length - start, StandardCharsets.UTF_8));
    }
}
