package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.Listing;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** How objects are written for one request: in the version asked for. */
class Rendering implements WatchStream.EventView {
    private final ResourceType type;

    Rendering(ResourceType type) {
        this.type = type;
    }

    /** The first of the accepted forms that is known here: a Table or the objects themselves. */
    static Rendering of(ResourceType type, String accept, String includeObject) {
        for (String form : accept.split(",")) {
            if (form.contains("as=Table") && form.contains("application/json")) {
                return new TableRendering(type, includeObject);
            }
            if (form.strip().startsWith("application/json") && !form.contains("as=")) {
                break;
            }
        }
        return new Rendering(type);
    }

    final ResourceType type() {
        return type;
    }

    byte[] object(StoredObject object) {
        return isStorageVersion() ? object.bytes() : Json.bytes(tree(object.json()));
    }

    ObjectNode tree(ObjectNode object) {
        if (isStorageVersion() || !Json.at(object, "kind").equals(type.kind())) {
            return object;
        }
        ObjectNode other = Json.object();
        other.setAll(object);
        return other.put("apiVersion", type.apiVersion());
    }

    /** The list document, put together from the texts of its items. */
    byte[] list(Listing listing) {
        ObjectNode head = Json.object().put("kind", type.listKind()).put("apiVersion", type.apiVersion());
        head.set("metadata", listMetadata(listing));
        byte[] start = Json.bytes(head);
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(1024 + 512 * listing.objects().size());
        out.write(start, 0, start.length - 1);
        out.writeBytes(",\"items\":[".getBytes(StandardCharsets.UTF_8));
        boolean first = true;
        for (StoredObject object : listing.objects()) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(object(object));
        }
        out.writeBytes("]}\n".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    static ObjectNode listMetadata(Listing listing) {
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(listing.revision()));
        if (!listing.next().isEmpty()) {
            metadata.put("continue", listing.next()).put("remainingItemCount", listing.remaining());
        }
        return metadata;
    }

    @Override
    public byte[] line(WatchEvent event) {
        return isStorageVersion() ? event.line() : WatchEvent.line(event.type().name(), object(event.object()));
    }

    @Override
    public byte[] added(StoredObject object) {
        return WatchEvent.line("ADDED", object(object));
    }

    private boolean isStorageVersion() {
        return type.version().equals(type.storageVersion());
    }
}
