package io.devicemgr.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Asks for lists in gzip, which API servers give from 128 KiB on, and unpacks them: a list of thousands of objects shrinks to a
 * tenth of its size. The small JVM deciphers TLS slowly, and without this most of a start in a large cluster went there.
 */
final class Gunzip implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (isList(request)) {
            builder.setHeader("Accept-Encoding", "gzip");
        }
    }

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        return isList(request) ? new Unpacked(consumer) : consumer;
    }

    /** The informers' lists come in pages. */
    private static boolean isList(HttpRequest request) {
        String query = request.uri().getQuery();
        return "GET".equals(request.method())
                && query != null
                && query.contains("limit=")
                && !query.contains("watch=true");
    }

    /** Hands the text on, packed or not: what is packed says so in its first bytes, which cannot begin a JSON text. */
    static final class Unpacked implements AsyncBody.Consumer<List<ByteBuffer>> {
        private static final int HEADER = 10;
        private static final int FIRST = 0x1f;
        private static final int FLAGS = 3;
        private static final int PIECE = 64 * 1024;

        private final AsyncBody.Consumer<List<ByteBuffer>> text;
        private AsyncBody current;
        private int read;
        private boolean plain;
        private Inflater inflater;

        Unpacked(AsyncBody.Consumer<List<ByteBuffer>> text) {
            this.text = text;
        }

        @Override
        public void consume(List<ByteBuffer> pieces, AsyncBody body) throws Exception {
            if (body != current) {
                // After a refusal the request is sent again, and its answer is another body.
                current = body;
                read = 0;
                plain = false;
                end();
            }
            List<ByteBuffer> unpacked = new ArrayList<>();
            for (ByteBuffer piece : pieces) {
                header(piece);
                if (plain) {
                    unpacked.add(piece);
                } else if (piece.hasRemaining()) {
                    inflate(piece, unpacked);
                }
            }
            text.consume(unpacked, body);
        }

        private void header(ByteBuffer piece) throws IOException {
            while (!plain && read < HEADER && piece.hasRemaining()) {
                int next = piece.get(piece.position()) & 0xff;
                if (read == 0 && next != FIRST) {
                    plain = true;
                    return;
                }
                if (read == FLAGS && next != 0) {
                    throw new IOException("a gzip header with flags " + next + ", which no API server writes");
                }
                piece.get();
                read++;
            }
        }

        private void inflate(ByteBuffer piece, List<ByteBuffer> unpacked) throws DataFormatException {
            if (inflater == null) {
                inflater = new Inflater(true);
            }
            inflater.setInput(piece);
            while (!inflater.finished() && !inflater.needsInput()) {
                byte[] out = new byte[PIECE];
                int length = inflater.inflate(out);
                if (length > 0) {
                    // They are kept until the whole answer is there.
                    unpacked.add(ByteBuffer.wrap(length < PIECE / 2 ? Arrays.copyOf(out, length) : out, 0, length));
                }
            }
            if (inflater.finished()) {
                // What is left is a checksum, and TLS has one already.
                piece.position(piece.limit());
                inflater.end();
            }
        }

        private void end() {
            if (inflater != null) {
                inflater.end();
                inflater = null;
            }
        }

        @Override
        public <U> U unwrap(Class<U> target) {
            return text.unwrap(target);
        }
    }
}
