package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Whose devices a report speaks of. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeDeviceReportSpec(
        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the DevicePluginDeployment.")
        String deployment,

        @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the node.")
        String nodeName) {

    private static final int MAX_NAME = 253;
    private static final int HASH = 10;

    /**
     * Name of the report; here, because the agent does not load the Kubernetes client's classes. Names of deployments have no
     * dot, so the first dot ends it. Where deployment and node together are too long for a name, a hash stands for the end of
     * the node's.
     */
    public String reportName() {
        String name = deployment + "." + nodeName;
        if (name.length() <= MAX_NAME) {
            return name;
        }
        String kept = name.substring(0, MAX_NAME - HASH - 1).replaceFirst("[-.]+$", "");
        return kept + "-" + hash(nodeName);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
