package io.devicemgr.agent.allocation;

import java.util.List;
import java.util.Map;

/**
 * What one container gets.
 *
 * @param nodes device nodes
 * @param cdiNames fully qualified CDI names of the devices whose nodes are not among {@code nodes}
 */
public record Grant(
        List<Node> nodes,
        List<String> cdiNames,
        List<Mount> mounts,
        Map<String, String> env,
        Map<String, String> annotations) {

    public Grant {
        nodes = List.copyOf(nodes);
        cdiNames = List.copyOf(cdiNames);
        mounts = List.copyOf(mounts);
        env = Map.copyOf(env);
        annotations = Map.copyOf(annotations);
    }

    /** A device node. */
    public record Node(String hostPath, String containerPath, String permissions) {}

    /** A file or directory of the host. */
    public record Mount(String hostPath, String containerPath, boolean readOnly) {}
}
