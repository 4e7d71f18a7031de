package io.devicemgr.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpWatchTest {
    private static final String TEXT = "{\"a\":\"größer 日本語 \uD83D\uDE80 plain\"}";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 1000})
    void charactersInPiecesAreTheSameJsonInAscii(int size) throws IOException {
        byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        HttpWatch.Escape escape = new HttpWatch.Escape();
        StringBuilder plain = new StringBuilder();
        for (int from = 0; from < bytes.length; from += size) {
            ByteBuffer piece = ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from));
            plain.append(StandardCharsets.ISO_8859_1.decode(escape.plain(piece)));
        }

        assertThat(plain.toString()).matches("\\p{ASCII}*");
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(plain.toString())).isEqualTo(json.readTree(TEXT));
    }

    @Test
    void asciiPassesUntouched() {
        ByteBuffer piece = ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(new HttpWatch.Escape().plain(piece)).isSameAs(piece);
    }
}
