package io.devicemgr.agent.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Typed reading of environment variables. */
final class Variables {
    /** Limit of AF_UNIX (contract rule 8), and the longest socket file name that the agent makes. */
    private static final int MAX_SOCKET_PATH = 107;

    private static final int SOCKET_NAME = "/.dp-12345678-123456.sock".length();
    private static final int MAX_PORT = 65535;

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The value, or the default; without a default the variable must be there. */
    String text(String name, String otherwise) throws ConfigurationException {
        String value = environment.getOrDefault(name, "").strip();
        if (!value.isEmpty()) {
            return value;
        }
        if (otherwise == null) {
            throw bad(name, "is not set");
        }
        return otherwise;
    }

    Path path(String name, String otherwise) throws ConfigurationException {
        String value = text(name, otherwise);
        try {
            Path path = Path.of(value).normalize();
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw bad(name, "is '" + value + "', which is not a path");
        }
        throw bad(name, "is '" + value + "', which is not an absolute path");
    }

    int port(String name, String otherwise) throws ConfigurationException {
        String value = text(name, otherwise);
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw bad(name, "is '" + value + "', which is not a port");
        }
        throw bad(name, "is '" + value + "', which is not a port");
    }

    void checkSocketPath(String name, Path directory) throws ConfigurationException {
        int length = directory.toString().getBytes(StandardCharsets.UTF_8).length + SOCKET_NAME;
        if (length > MAX_SOCKET_PATH) {
            throw bad(
                    name,
                    "is too long: a socket in it would have a path of " + length + " bytes, and " + MAX_SOCKET_PATH
                            + " is the most");
        }
    }

    private static ConfigurationException bad(String name, String what) {
        return new ConfigurationException(
                "The environment variable " + name + " " + what + ". Correct it in the agent's DaemonSet.");
    }
}
