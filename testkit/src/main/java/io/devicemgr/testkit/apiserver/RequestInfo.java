package io.devicemgr.testkit.apiserver;

/**
 * One request in the words of RBAC: verb is get, list, watch, create, update, patch, delete or deletecollection. Absent
 * parts are "". Requests for other paths (discovery, health) have no resource and their path as name.
 */
public record RequestInfo(
        String user, String verb, String group, String resource, String subresource, String namespace, String name) {

    /** A step in an election, such as the renewals of an idle leader. */
    public boolean isLease() {
        return resource.equals("leases");
    }

    /** A request that may change something. */
    public boolean isWrite() {
        return switch (verb) {
            case "create", "update", "patch", "delete", "deletecollection" -> true;
            default -> false;
        };
    }
}
