package io.devicemgr.agent.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON text of records and back. */
public final class Json {
    private Json() {}

    /** The text of a record, or of a collection or map of what records are made of. */
    public static String write(Object value) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.setHtmlSafe(false);
            new JsonWriting(writer).value(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /**
     * A record from its text. Names that it does not have are ignored.
     *
     * @throws IllegalArgumentException when the text is not JSON, or not of this record
     */
    public static <T extends Record> T read(String text, Class<T> type) {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            T value = type.cast(new JsonReading(reader).value(type));
            if (value != null && reader.peek() == JsonToken.END_DOCUMENT) {
                return value;
            }
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            // The library's own words are for programmers.
            throw new IllegalArgumentException(
                    "the text is not JSON, or has a value of the wrong kind, at " + reader.getPath(), e);
        }
        throw new IllegalArgumentException("the text is not one JSON object");
    }
}
