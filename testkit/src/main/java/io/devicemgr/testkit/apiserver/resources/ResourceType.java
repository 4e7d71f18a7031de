package io.devicemgr.testkit.apiserver.resources;

import io.devicemgr.testkit.apiserver.schema.CelRules;
import io.devicemgr.testkit.apiserver.schema.Schema;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.table.PrinterColumn;
import java.util.List;

/** One kind in one served version. */
public record ResourceType(
        String group,
        String version,
        String storageVersion,
        String plural,
        String singular,
        String kind,
        String listKind,
        boolean namespaced,
        boolean hasStatus,
        boolean custom,
        List<String> shortNames,
        List<String> categories,
        Schema schema,
        CelRules rules,
        List<PrinterColumn> columns,
        List<String> selectableFields) {

    public GroupResource key() {
        return new GroupResource(group, plural);
    }

    public String apiVersion() {
        return apiVersion(version);
    }

    public String storedApiVersion() {
        return apiVersion(storageVersion);
    }

    private String apiVersion(String v) {
        return group.isEmpty() ? v : group + "/" + v;
    }
}
