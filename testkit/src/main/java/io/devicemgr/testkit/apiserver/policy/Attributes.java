package io.devicemgr.testkit.apiserver.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is done to which object by whom, in the words of admission. Absent parts are "". */
public record Attributes(
        Operation operation,
        String group,
        String version,
        String kind,
        String resource,
        String subresource,
        boolean namespaced,
        String namespace,
        String name,
        boolean dryRun,
        User user) {

    /** What is done. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /** The same for the object that has this name. */
    public Attributes named(String objectNamespace, String objectName) {
        return new Attributes(
                operation,
                group,
                version,
                kind,
                resource,
                subresource,
                namespaced,
                objectNamespace,
                objectName,
                dryRun,
                user);
    }

    /** As CEL sees it under the name {@code request}: like JSON, what is empty is not there. */
    Map<String, Object> toCel() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("kind", Map.of("group", group, "version", version, "kind", kind));
        request.put("resource", Map.of("group", group, "version", version, "resource", resource));
        request.put("operation", operation.name());
        request.put("dryRun", dryRun);
        Map.of("subResource", subresource, "namespace", namespace, "name", name).forEach((key, value) -> {
            if (!value.isEmpty()) {
                request.put(key, value);
            }
        });
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("username", user.name());
        if (!user.groups().isEmpty()) {
            info.put("groups", List.copyOf(user.groups()));
        }
        if (!user.extra().isEmpty()) {
            info.put("extra", user.extra());
        }
        request.put("userInfo", info);
        return request;
    }
}
