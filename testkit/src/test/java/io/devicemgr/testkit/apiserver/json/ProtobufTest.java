package io.devicemgr.testkit.apiserver.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Protobuf as Go's client writes it. */
class ProtobufTest {
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    @Test
    void readsASecret() throws IOException {
        byte[] secret = envelope("Secret", out -> {
            out.writeByteArray(1, message(metadata -> {
                metadata.writeString(1, "release");
                metadata.writeString(2, "");
                metadata.writeByteArray(8, message(time -> time.writeInt64(1, 86_400)));
                metadata.writeByteArray(11, message(entry -> {
                    entry.writeString(1, "owner");
                    entry.writeString(2, "helm");
                }));
                metadata.writeByteArray(17, message(managed -> managed.writeString(1, "somebody")));
            }));
            out.writeByteArray(2, message(entry -> {
                entry.writeString(1, "release");
                entry.writeBytes(2, ByteString.copyFromUtf8("text"));
            }));
            out.writeString(3, "helm.sh/release.v1");
        });
        assertThat(Protobuf.parse(secret)).isEqualTo(Json.trusted("""
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "release",
                 "creationTimestamp": "1970-01-02T00:00:00Z", "labels": {"owner": "helm"}},
                 "data": {"release": "dGV4dA=="}, "type": "helm.sh/release.v1"}"""));
    }

    @Test
    void refusesWhatItHasNoTableFor() {
        assertThatThrownBy(() -> Protobuf.parse(envelope("Secret", out -> out.writeString(9, "new"))))
                .hasMessage("no field 9 in the table of Secret");
        assertThatThrownBy(() -> Protobuf.parse(envelope("Lease", out -> {})))
                .hasMessage("no table for the protobuf of Lease");
        assertThatThrownBy(() -> Protobuf.parse("{}".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("does not begin");
    }

    private static byte[] envelope(String kind, Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {'k', '8', 's', 0});
        bytes.write(message(out -> {
            out.writeByteArray(1, message(type -> {
                type.writeString(1, "v1");
                type.writeString(2, kind);
            }));
            out.writeByteArray(2, message(fields));
        }));
        return bytes.toByteArray();
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }
}
