package io.devicemgr.testkit.apiserver.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;

/** One immutable version of an object. Nobody may change the tree; its JSON text is made once. */
public final class StoredObject {
    private final GroupResource resource;
    private final ObjectNode json;
    private final long revision;
    private volatile byte[] bytes;

    StoredObject(GroupResource resource, ObjectNode json, long revision) {
        this.resource = resource;
        this.json = json;
        this.revision = revision;
    }

    public GroupResource resource() {
        return resource;
    }

    /** The stored tree itself: to be read only. */
    public ObjectNode json() {
        return json;
    }

    /** A tree that the caller may change. */
    public ObjectNode copy() {
        return json.deepCopy();
    }

    public long revision() {
        return revision;
    }

    public String namespace() {
        return Json.namespace(json);
    }

    public String name() {
        return Json.name(json);
    }

    public String uid() {
        return Json.at(json, "metadata", "uid");
    }

    public boolean isTerminating() {
        return json.path("metadata").hasNonNull("deletionTimestamp");
    }

    public byte[] bytes() {
        byte[] text = bytes;
        if (text == null) {
            text = Json.bytes(json);
            bytes = text;
        }
        return text;
    }
}
