package io.devicemgr.testkit.apiserver.store;

/** The name under which objects of one kind are stored, whatever version they are asked for in. */
public record GroupResource(String group, String plural) {
    @Override
    public String toString() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
