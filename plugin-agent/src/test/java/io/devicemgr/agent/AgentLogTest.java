package io.devicemgr.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.v1alpha1.AgentSpec.LogLevel;
import java.io.ByteArrayOutputStream;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentLogTest {
    private final Logger root = Logger.getLogger("");
    private final Level before = root.getLevel();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Handler handler = new StreamHandler(written, new Unformatted());

    @BeforeEach
    void listen() {
        root.addHandler(handler);
    }

    @AfterEach
    void leave() {
        root.removeHandler(handler);
        root.setLevel(before);
    }

    @Test
    void aSerialNumberWithALineEndInItMakesNoSecondLine() {
        AgentLog.level(LogLevel.info);
        assertThat(
                        line(
                                "found USB device 0403:6001 serial A9\n2026-11-22T00:00:00Z SEVERE forged\r\u001b[31m\u2028\u202e\u009bx"))
                .endsWith(" INFO found USB device 0403:6001 serial A9 2026-11-22T00:00:00Z SEVERE forged [31m x\n")
                .containsOnlyOnce("\n");
    }

    @Test
    void lettersOfAllLanguagesStay() {
        AgentLog.level(LogLevel.info);
        assertThat(line("/dev/ütf8-日本")).endsWith(" INFO /dev/ütf8-日本\n");
    }

    private String line(String message) {
        return handler.getFormatter().format(new LogRecord(Level.INFO, message));
    }

    /** What a handler has before the agent's log is set up. */
    private static final class Unformatted extends Formatter {
        @Override
        public String format(LogRecord event) {
            return event.getMessage();
        }
    }
}
