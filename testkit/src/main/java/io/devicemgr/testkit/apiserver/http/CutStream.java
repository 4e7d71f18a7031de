package io.devicemgr.testkit.apiserver.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Breaks off after some bytes, as the connection to a dying server does. */
final class CutStream extends FilterOutputStream {
    private int left;

    CutStream(OutputStream out, int bytes) {
        super(out);
        left = bytes;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, Math.min(length, left));
        if (length > left) {
            out.flush();
            throw new IOException("broken off, as a test has ordered");
        }
        left -= length;
    }
}
