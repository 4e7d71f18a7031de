package io.devicemgr.testkit.kubelet;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Leaves messages as they are on the wire, so that wrong ones can be sent. */
enum BytesMarshaller implements Marshaller<ByteString> {
    INSTANCE;

    @Override
    public InputStream stream(ByteString value) {
        return value.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
        try {
            return ByteString.readFrom(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
