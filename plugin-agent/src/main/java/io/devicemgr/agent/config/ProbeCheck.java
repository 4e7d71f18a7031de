package io.devicemgr.agent.config;

import io.devicemgr.api.v1alpha1.HealthChecks;
import io.devicemgr.api.v1alpha1.HealthProbe;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Refuses health checks that the API server would have refused too: the settings may come from an older schema. */
final class ProbeCheck {
    private static final int MAX_PERIOD = 86_400;
    private static final int MAX_THRESHOLD = 100;
    private static final int MAX_PROBES = 8;
    private static final int MAX_TIMEOUT = 300;
    private static final int MAX_WORDS = 32;
    private static final int MAX_WORD = 1024;
    private static final int MAX_PATH = 256;

    private ProbeCheck() {}

    static void check(String field, HealthChecks health) throws ConfigurationException {
        range(field + ".periodSeconds", health.periodSeconds(), MAX_PERIOD);
        range(field + ".failureThreshold", health.failureThreshold(), MAX_THRESHOLD);
        range(field + ".successThreshold", health.successThreshold(), MAX_THRESHOLD);
        List<HealthProbe> probes = health.probes();
        SettingsCheck.require(
                probes.size() <= MAX_PROBES,
                field + ".probes",
                "has " + probes.size() + " entries, and " + MAX_PROBES + " is the most");
        for (int i = 0; i < probes.size(); i++) {
            check(field + ".probes[" + i + "]", probes.get(i));
        }
    }

    private static void check(String field, HealthProbe probe) throws ConfigurationException {
        long kinds = Stream.of(probe.open(), probe.sysfsAttribute(), probe.command())
                .filter(Objects::nonNull)
                .count();
        SettingsCheck.require(
                kinds == 1,
                field,
                "has " + kinds
                        + " of open, sysfsAttribute and command, which must be exactly one; write one entry for each");
        if (probe.sysfsAttribute() != null) {
            checkAttribute(field + ".sysfsAttribute", probe.sysfsAttribute());
        }
        if (probe.command() != null) {
            checkCommand(field + ".command", probe.command());
        }
    }

    private static void checkAttribute(String field, HealthProbe.SysfsAttribute attribute)
            throws ConfigurationException {
        String path = attribute.path();
        boolean relative = path != null
                && !path.isBlank()
                && path.length() <= MAX_PATH
                && !path.startsWith("/")
                && !path.contains("..")
                && SettingsCheck.isPath(path);
        SettingsCheck.require(
                relative,
                field + ".path",
                "'" + path + "' is not a path relative to the device's directory in sysfs, without '..'");
        int values = attribute.in().size();
        SettingsCheck.require(
                values >= 1 && values <= MAX_WORDS,
                field + ".in",
                "has " + values + " values, and must have 1 to " + MAX_WORDS);
    }

    private static void checkCommand(String field, HealthProbe.Command command) throws ConfigurationException {
        List<String> words = command.command();
        SettingsCheck.require(
                !words.isEmpty() && words.size() <= MAX_WORDS,
                field + ".command",
                "has " + words.size() + " words, and must have 1 to " + MAX_WORDS);
        String program = words.get(0);
        SettingsCheck.require(
                program.startsWith("/") && !program.contains(".."),
                field + ".command[0]",
                "'" + program + "' is not the absolute path of a program, without '..'; there is no shell");
        for (int i = 0; i < words.size(); i++) {
            SettingsCheck.require(
                    words.get(i).length() <= MAX_WORD && words.get(i).indexOf('\0') < 0,
                    field + ".command[" + i + "]",
                    "is longer than " + MAX_WORD + " characters, or has a zero character in it");
        }
        range(field + ".timeoutSeconds", command.timeoutSeconds(), MAX_TIMEOUT);
    }

    private static void range(String field, int value, int most) throws ConfigurationException {
        SettingsCheck.require(value >= 1 && value <= most, field, "is " + value + ", and must be 1 to " + most);
    }
}
