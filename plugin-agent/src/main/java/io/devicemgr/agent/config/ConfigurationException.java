package io.devicemgr.agent.config;

/** The agent cannot run with what it was told; the message names the field and who must change it. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }
}
