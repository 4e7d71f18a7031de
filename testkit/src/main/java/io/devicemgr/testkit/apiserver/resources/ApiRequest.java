package io.devicemgr.testkit.apiserver.resources;

import io.devicemgr.testkit.apiserver.policy.User;
import java.util.Map;

/** One request for a resource, its path and query read. Absent parts are "". */
public record ApiRequest(
        Verb verb,
        ResourceType type,
        String namespace,
        String name,
        String subresource,
        Map<String, String> query,
        User user,
        String userAgent,
        String contentType,
        byte[] body) {

    /** What is asked for, in the words of RBAC. */
    public enum Verb {
        GET,
        LIST,
        WATCH,
        CREATE,
        UPDATE,
        PATCH,
        DELETE,
        DELETECOLLECTION
    }

    public String parameter(String parameter) {
        return query.getOrDefault(parameter, "");
    }

    public boolean flag(String parameter) {
        String value = parameter(parameter);
        return value.equals("true") || value.equals("1");
    }

    public boolean dryRun() {
        return parameter("dryRun").equals("All");
    }

    /** The field manager: what the client says, else its user agent up to the first slash. */
    public String fieldManager() {
        String said = parameter("fieldManager");
        String name = said.isEmpty() ? userAgent.split("/", 2)[0] : said;
        return name.isEmpty() ? "unknown" : name.substring(0, Math.min(128, name.length()));
    }
}
