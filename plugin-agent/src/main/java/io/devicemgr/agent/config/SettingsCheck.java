package io.devicemgr.agent.config;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses settings that this agent cannot honour, rather than ignoring a part of them. */
final class SettingsCheck {
    /** Contract rule 17. */
    private static final Pattern RESOURCE_NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
                    + "/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final int MAX_PREFIX = 244;

    /** Name of an API object; the agent makes names of files and a path of the API server of it. */
    private static final Pattern OBJECT_NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private SettingsCheck() {}

    static void check(AgentSettings settings) throws ConfigurationException {
        require(
                OBJECT_NAME.matcher(settings.deployment()).matches(),
                "deployment",
                "'" + settings.deployment() + "' is not the name of an object");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < settings.resources().size(); i++) {
            DeviceResource resource = settings.resources().get(i);
            String field = "spec.resources[" + i + "]";
            checkName(field + ".name", resource.name());
            require(names.add(resource.name()), field + ".name", "'" + resource.name() + "' is there twice");
            checkDiscover(field + ".discover", resource);
            ProbeCheck.check(field + ".health", resource.health());
            AllocationCheck.check(field, resource);
        }
    }

    private static void checkName(String field, String name) throws ConfigurationException {
        boolean accepted = name != null
                && RESOURCE_NAME.matcher(name).matches()
                && name.indexOf('/') <= MAX_PREFIX
                && !name.contains("kubernetes.io/")
                && !name.startsWith("requests.");
        require(accepted, field, "'" + name + "' is not an extended resource name that a kubelet accepts");
    }

    private static void checkDiscover(String field, DeviceResource resource) throws ConfigurationException {
        require(!resource.discover().isEmpty(), field, "is empty");
        List<DeviceSelector> selectors = resource.discover();
        for (int i = 0; i < selectors.size(); i++) {
            Optional<String> problem = SelectorCheck.problem(selectors.get(i));
            if (problem.isPresent()) {
                throw refused(field + "[" + i + "]" + problem.get());
            }
        }
    }

    /** @throws ConfigurationException when it does not hold; the message names the field and who must change it */
    static void require(boolean holds, String field, String what) throws ConfigurationException {
        if (!holds) {
            throw refused(field + " " + what);
        }
    }

    /** Whether a text can stand in a path: without a zero character, and of characters that file names have under this locale. */
    static boolean isPath(String text) {
        try {
            Path.of(text);
            return true;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static ConfigurationException refused(String why) {
        return new ConfigurationException(
                why + ". Correct the DevicePluginDeployment, or let operator and agent image be of the same release.");
    }
}
