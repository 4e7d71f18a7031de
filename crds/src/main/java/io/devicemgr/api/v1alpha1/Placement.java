package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;

/** Where the node agent runs. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Placement(
        @Size(max = 32) @JsonPropertyDescription("Labels that a node must carry. Default: every Linux node.")
        Map<String, String> nodeSelector,

        @Size(max = 64)
        @JsonPropertyDescription("Taints that the agent tolerates. Default: NoSchedule and NoExecute with any key.")
        List<Toleration> tolerations,

        @Size(max = 253) @JsonPropertyDescription("Priority class of the agent's pods. Default: system-node-critical.")
        String priorityClassName) {

    public Placement {
        nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        priorityClassName =
                priorityClassName == null || priorityClassName.isEmpty() ? "system-node-critical" : priorityClassName;
    }
}
