package io.devicemgr.operator;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Mends two faults of fabric8's reader of HTTP watches (7.5.2, WatchHTTPManager). It decodes each piece of the body for itself and takes the
 * decoder's whole array, so that one letter that is not ASCII ends the watch for good: here it gets plain ASCII. And it takes a watch for
 * open only when something has happened, which may be long after the answer has begun: here it is told at once.
 */
final class HttpWatch implements Interceptor {
    private static final AsyncBody NOTHING_YET = new AsyncBody() {
        @Override
        public void consume() {}

        @Override
        public CompletableFuture<Void> done() {
            return new CompletableFuture<>();
        }

        @Override
        public void cancel() {}
    };

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        if (!isWatch(request)) {
            return consumer;
        }
        Escape escape = new Escape();
        return (pieces, body) ->
                consumer.consume(pieces.stream().map(escape::plain).toList(), body);
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (isWatch(request) && response.isSuccessful() && consumer != null) {
            try {
                consumer.consume(List.of(), NOTHING_YET);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static boolean isWatch(HttpRequest request) {
        String query = request.uri().getQuery();
        return query != null && query.contains("watch=true");
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
