package io.devicemgr.testkit.apiserver.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Reads the protobuf of Kubernetes for what Helm writes in it: its releases, which are Secrets, and the options of their
 * deletion. Field numbers: generated.proto of k8s.io/api/core/v1 and k8s.io/apimachinery.
 */
public final class Protobuf {
    private static final byte[] MAGIC = {'k', '8', 's', 0};

    private enum Form {
        TEXT,
        TEXTS,
        NUMBER,
        FLAG,
        TEXT_MAP,
        BYTES_MAP,
        TIME,
        MESSAGE,
        MESSAGES,
        /** What the server sets itself, whatever the client says. */
        SERVERS
    }

    private record Field(String name, Form form, String message) {}

    private static final Map<String, Map<Integer, Field>> MESSAGES = Map.of(
            "Secret",
            Map.of(
                    1, message("metadata", "ObjectMeta"),
                    2, field("data", Form.BYTES_MAP),
                    3, field("type", Form.TEXT),
                    4, field("stringData", Form.TEXT_MAP),
                    5, field("immutable", Form.FLAG)),
            "ObjectMeta",
            Map.ofEntries(
                    Map.entry(1, field("name", Form.TEXT)),
                    Map.entry(2, field("generateName", Form.TEXT)),
                    Map.entry(3, field("namespace", Form.TEXT)),
                    Map.entry(4, field("selfLink", Form.SERVERS)),
                    Map.entry(5, field("uid", Form.TEXT)),
                    Map.entry(6, field("resourceVersion", Form.TEXT)),
                    Map.entry(7, field("generation", Form.SERVERS)),
                    Map.entry(8, field("creationTimestamp", Form.TIME)),
                    Map.entry(11, field("labels", Form.TEXT_MAP)),
                    Map.entry(12, field("annotations", Form.TEXT_MAP)),
                    Map.entry(13, new Field("ownerReferences", Form.MESSAGES, "OwnerReference")),
                    Map.entry(14, field("finalizers", Form.TEXTS)),
                    Map.entry(17, field("managedFields", Form.SERVERS))),
            "OwnerReference",
            Map.of(
                    1, field("kind", Form.TEXT),
                    3, field("name", Form.TEXT),
                    4, field("uid", Form.TEXT),
                    5, field("apiVersion", Form.TEXT),
                    6, field("controller", Form.FLAG),
                    7, field("blockOwnerDeletion", Form.FLAG)),
            "DeleteOptions",
            Map.of(
                    1, field("gracePeriodSeconds", Form.NUMBER),
                    2, message("preconditions", "Preconditions"),
                    3, field("orphanDependents", Form.FLAG),
                    4, field("propagationPolicy", Form.TEXT),
                    5, field("dryRun", Form.TEXTS)),
            "Preconditions",
            Map.of(1, field("uid", Form.TEXT), 2, field("resourceVersion", Form.TEXT)));

    private Protobuf() {}

    /** Whether a content type is that of Kubernetes' protobuf. */
    public static boolean means(String contentType) {
        return contentType.startsWith("application/vnd.kubernetes.protobuf");
    }

    /** Whether objects of this kind are read here. */
    public static boolean reads(String kind) {
        return kind.equals("Secret") || kind.equals("DeleteOptions");
    }

    /** The object in an envelope; throws IOException for a kind or a field that is not in the tables above. */
    public static ObjectNode parse(byte[] body) throws IOException {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("the body does not begin as protobuf of Kubernetes does");
        }
        CodedInputStream in = CodedInputStream.newInstance(body, MAGIC.length, body.length - MAGIC.length);
        ObjectNode object = Json.object();
        byte[] raw = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> type(in.readBytes().newCodedInput(), object);
                case 2 -> raw = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        read(CodedInputStream.newInstance(raw), Json.at(object, "kind"), object);
        return object;
    }

    private static void type(CodedInputStream in, ObjectNode into) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            into.put(WireFormat.getTagFieldNumber(tag) == 1 ? "apiVersion" : "kind", in.readString());
        }
    }

    private static void read(CodedInputStream in, String message, ObjectNode into) throws IOException {
        Map<Integer, Field> fields = MESSAGES.get(message);
        if (fields == null) {
            throw new IOException("no table for the protobuf of " + message);
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            Field field = fields.get(WireFormat.getTagFieldNumber(tag));
            if (field == null) {
                throw new IOException("no field " + WireFormat.getTagFieldNumber(tag) + " in the table of " + message);
            }
            value(in, tag, field, into);
        }
    }

    private static void value(CodedInputStream in, int tag, Field field, ObjectNode into) throws IOException {
        String name = field.name();
        switch (field.form()) {
            case TEXT -> {
                String text = in.readString();
                if (!text.isEmpty()) {
                    into.put(name, text);
                }
            }
            case TEXTS -> into.withArrayProperty(name).add(in.readString());
            case NUMBER -> into.put(name, in.readInt64());
            case FLAG -> into.put(name, in.readBool());
            case TIME -> time(in.readBytes().newCodedInput(), name, into);
            case MESSAGE -> read(in.readBytes().newCodedInput(), field.message(), Json.child(into, name));
            case MESSAGES ->
                read(
                        in.readBytes().newCodedInput(),
                        field.message(),
                        into.withArrayProperty(name).addObject());
            case TEXT_MAP, BYTES_MAP -> entry(in.readBytes().newCodedInput(), field, Json.child(into, name));
            case SERVERS -> in.skipField(tag);
        }
    }

    private static void time(CodedInputStream in, String name, ObjectNode into) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                into.put(name, Instant.ofEpochSecond(in.readInt64()).toString());
            } else {
                in.skipField(tag);
            }
        }
    }

    private static void entry(CodedInputStream in, Field field, ObjectNode into) throws IOException {
        String key = "";
        byte[] value = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                key = in.readString();
            } else {
                value = in.readByteArray();
            }
        }
        into.put(
                key,
                field.form() == Form.BYTES_MAP
                        ? Base64.getEncoder().encodeToString(value)
                        : new String(value, StandardCharsets.UTF_8));
    }

    private static Field field(String name, Form form) {
        return new Field(name, form, "");
    }

    private static Field message(String name, String message) {
        return new Field(name, Form.MESSAGE, message);
    }
}
