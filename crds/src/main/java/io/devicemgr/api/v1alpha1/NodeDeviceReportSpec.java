package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Whose devices a report speaks of. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDeviceReportSpec(
        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the DevicePluginDeployment.")
        String deployment,

        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the node.")
        String nodeName) {

    /** Name of the report; here, because the agent does not load the Kubernetes client's classes. */
    public String reportName() {
        return deployment + "." + nodeName;
    }
}
