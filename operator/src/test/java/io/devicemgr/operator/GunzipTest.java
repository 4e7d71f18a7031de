package io.devicemgr.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GunzipTest {
    private static final String TEXT = "{\"items\":[" + "\"Gerät\",".repeat(50_000) + "1]}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Gunzip.Unpacked unpacked = new Gunzip.Unpacked((pieces, body) -> pieces.forEach(piece -> {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        out.writeBytes(bytes);
    }));

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 10, 1000, 1_000_000})
    void packedTextIsUnpackedHoweverItIsCut(int size) throws Exception {
        send(packed(TEXT), size, new Body());

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }

    @Test
    void plainTextStaysAsItIs() throws Exception {
        send(TEXT.getBytes(StandardCharsets.UTF_8), 1000, new Body());

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }

    @Test
    void anotherAnswerToTheSameRequestIsReadFromItsBeginning() throws Exception {
        send("no".getBytes(StandardCharsets.UTF_8), 1000, new Body());
        out.reset();
        send(packed(TEXT), 1000, new Body());

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }

    @Test
    void aHeaderThatSaysMoreIsRefused() {
        byte[] named = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0};

        assertThatThrownBy(() -> send(named, 100, new Body())).isInstanceOf(IOException.class);
    }

    private void send(byte[] bytes, int size, AsyncBody body) throws Exception {
        for (int i = 0; i < bytes.length; i += size) {
            unpacked.consume(List.of(ByteBuffer.wrap(bytes, i, Math.min(size, bytes.length - i))), body);
        }
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static final class Body implements AsyncBody {
        @Override
        public void consume() {}

        @Override
        public CompletableFuture<Void> done() {
            return new CompletableFuture<>();
        }

        @Override
        public void cancel() {}
    }
}
