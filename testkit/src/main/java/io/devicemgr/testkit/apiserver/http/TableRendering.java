package io.devicemgr.testkit.apiserver.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.resources.Listing;
import io.devicemgr.testkit.apiserver.resources.ResourceType;
import io.devicemgr.testkit.apiserver.store.StoredObject;
import io.devicemgr.testkit.apiserver.store.WatchEvent;
import io.devicemgr.testkit.apiserver.table.Tables;
import java.util.List;

/** Objects as rows of a Table. */
final class TableRendering extends Rendering {
    private final Tables tables;
    private final String include;

    TableRendering(ResourceType type, String include) {
        super(type);
        this.include = include;
        tables = type.custom() ? Tables.custom(type.columns()) : Tables.builtin(type.plural());
    }

    @Override
    byte[] object(StoredObject object) {
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(object.revision()));
        return Json.bytes(tables.table(List.of(tree(object.json())), metadata, include));
    }

    @Override
    byte[] list(Listing listing) {
        List<ObjectNode> objects =
                listing.objects().stream().map(o -> tree(o.json())).toList();
        return Json.bytes(tables.table(objects, listMetadata(listing), include));
    }

    @Override
    public byte[] line(WatchEvent event) {
        return WatchEvent.line(event.type().name(), object(event.object()));
    }
}
