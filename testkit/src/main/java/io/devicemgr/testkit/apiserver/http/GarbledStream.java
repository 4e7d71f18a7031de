package io.devicemgr.testkit.apiserver.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Spoils the first byte, so that the beginning is no JSON. */
final class GarbledStream extends FilterOutputStream {
    private boolean spoilt;

    GarbledStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        out.write(spoilt ? b : '#');
        spoilt = true;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (!spoilt && length > 0) {
            write(bytes[from]);
            out.write(bytes, from + 1, length - 1);
        } else {
            out.write(bytes, from, length);
        }
    }
}
