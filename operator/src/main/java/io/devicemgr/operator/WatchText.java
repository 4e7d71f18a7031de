package io.devicemgr.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Hands watches to fabric8 in plain ASCII. Its reader of HTTP watches (7.5.2, WatchHTTPManager) decodes each piece of the body for itself
 * and takes the decoder's whole array, so that one letter that is not ASCII ends the watch for good.
 */
final class WatchText implements Interceptor {

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        String query = request.uri().getQuery();
        if (query == null || !query.contains("watch=true")) {
            return consumer;
        }
        Escape escape = new Escape();
        return (pieces, body) ->
                consumer.consume(pieces.stream().map(escape::plain).toList(), body);
    }

    /** Writes what is not ASCII, which in JSON is inside of strings, as JSON's escapes. A character may come in several pieces. */
    static final class Escape {
        private final byte[] begun = new byte[4];
        private int have;
        private int need;

        ByteBuffer plain(ByteBuffer piece) {
            if (have == 0 && isAscii(piece)) {
                return piece;
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(piece.remaining() * 2);
            while (piece.hasRemaining()) {
                byte next = piece.get();
                if (next >= 0) {
                    out.write(next);
                } else {
                    take(next, out);
                }
            }
            return ByteBuffer.wrap(out.toByteArray());
        }

        private static boolean isAscii(ByteBuffer piece) {
            for (int i = piece.position(); i < piece.limit(); i++) {
                if (piece.get(i) < 0) {
                    return false;
                }
            }
            return true;
        }

        private void take(byte next, ByteArrayOutputStream out) {
            if (have == 0) {
                need = (next & 0xE0) == 0xC0 ? 2 : (next & 0xF0) == 0xE0 ? 3 : 4;
            }
            begun[have] = next;
            have++;
            if (have == need) {
                String character = new String(begun, 0, have, StandardCharsets.UTF_8);
                character
                        .chars()
                        .forEach(unit ->
                                out.writeBytes(String.format("\\u%04x", unit).getBytes(StandardCharsets.US_ASCII)));
                have = 0;
            }
        }
    }
}
