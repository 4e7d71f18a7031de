package io.devicemgr.testkit.apiserver.policy;

import java.util.List;
import java.util.Map;

/**
 * Who makes a request.
 *
 * @param extra what else is known of it, for example the node that a pod's token names
 */
public record User(String name, List<String> groups, Map<String, List<String>> extra) {
    /** Key of {@link #extra()}: name of the node on which the pod of a token runs; from Kubernetes 1.30 on. */
    public static final String NODE_NAME = "authentication.kubernetes.io/node-name";

    public User {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** Somebody of whom nothing else is known. */
    public static User of(String name, String... groups) {
        return new User(name, List.of(groups), Map.of());
    }
}
