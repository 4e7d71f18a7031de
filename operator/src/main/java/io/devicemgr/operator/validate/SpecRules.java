package io.devicemgr.operator.validate;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentSpec;
import io.devicemgr.api.v1alpha1.KubeletConfigRequest;
import io.devicemgr.api.v1alpha1.Placement;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Mistakes within one spec that its schema cannot see. */
final class SpecRules {
    /** The name becomes the value of a label. */
    private static final int MAX_NAME = 63;
    /** A ConfigMap holds a mebibyte, and the one of a revision keeps settings and pod; bytes. */
    private static final int MAX_SETTINGS = 512 * 1024;

    private static final int MAX_AGENT = 256 * 1024;

    private final Complaints complaints = new Complaints();

    private SpecRules() {}

    static List<Violation> check(DevicePluginDeployment deployment) {
        SpecRules rules = new SpecRules();
        DevicePluginDeploymentSpec spec = deployment.getSpec();
        rules.name(deployment.getMetadata().getName());
        rules.text(spec);
        rules.placement(spec.placement());
        rules.pools(spec.kubeletConfig());
        new AgentRules(rules.complaints, spec).check();
        new ProfileRules(rules.complaints, spec).check();
        spec.resources().forEach(resource -> new DeviceRules(rules.complaints, resource).check());
        rules.size(deployment);
        return rules.complaints.found();
    }

    private void name(String name) {
        if (name.length() > MAX_NAME) {
            complaints.refuse(
                    "metadata.name",
                    "'" + name + "' has " + name.length()
                            + " characters; create the deployment under a name of at most " + MAX_NAME);
        }
    }

    /** No path and no argument of a Linux system can have a zero; what is applied cannot have the others, which are no text in YAML. */
    private void text(DevicePluginDeploymentSpec spec) {
        spec.toString()
                .chars()
                .filter(c -> c == 0 || c >= 0x7f && c <= 0x9f || c == 0xfffe || c == 0xffff)
                .findFirst()
                .ifPresent(c -> complaints.refuse(
                        "spec",
                        String.format(
                                "a text has the character U+%04X in it, which is none that is written; remove it", c)));
    }

    private void placement(Placement placement) {
        placement.nodeSelector().keySet().forEach(key -> complaints.labelKey("placement.nodeSelector", key));
        placement.tolerations().stream()
                .map(toleration -> toleration.getKey() == null ? "" : toleration.getKey())
                .filter(key -> !key.isEmpty())
                .forEach(key -> complaints.labelKey("placement.tolerations", key));
    }

    private void pools(KubeletConfigRequest request) {
        if (request != null) {
            PoolSelector.mistake(request.machineConfigPoolSelector())
                    .ifPresent(mistake -> complaints.refuse("kubeletConfig.machineConfigPoolSelector", mistake));
        }
    }

    private void size(DevicePluginDeployment deployment) {
        DevicePluginDeploymentSpec spec = deployment.getSpec();
        AgentSettings settings = new AgentSettings(
                deployment.getMetadata().getName(),
                deployment.getMetadata().getUid(),
                spec.agent().logLevel(),
                spec.discoverOnly(),
                spec.resources(),
                spec.agent().registration());
        most("resources", bytes(settings.toJson()), MAX_SETTINGS);
        most("agent", bytes(escaped(spec.agent().toString())), MAX_AGENT);
    }

    private void most(String field, int size, int most) {
        if (size > most) {
            complaints.refuse(
                    field,
                    "all of it takes " + size + " bytes, and " + most
                            + " is what fits into an object; shorten its texts or write several deployments");
        }
    }

    /** About what it is as JSON, where a control character takes six bytes. */
    private static String escaped(String text) {
        return text.replaceAll("\\p{Cntrl}", "......").replaceAll("[\"\\\\]", "..");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
