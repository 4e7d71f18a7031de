package io.devicemgr.agent;

import io.devicemgr.agent.config.AgentConfig;
import io.devicemgr.agent.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The settings file of a running agent: says whether it asks for something else now, or for something impossible. */
final class SettingsFile {
    private final Path file;
    private final Reader reader;
    private AgentConfig good;
    private String judged;
    private String suspected;
    private String error;

    /** Reads settings anew. */
    interface Reader {
        AgentConfig read() throws ConfigurationException;
    }

    /** What a look at the file has shown. */
    enum Finding {
        UNCHANGED,
        /** Bad for the first time: somebody may be in the middle of writing it. */
        SUSPECT,
        REFUSED,
        /** A refused file was taken back: what runs is what is asked for. */
        MENDED,
        ACCEPTED
    }

    /** @param running the settings that the agent runs with */
    SettingsFile(Path file, Reader reader, AgentConfig running) {
        this.file = file;
        this.reader = reader;
        this.good = running;
        this.judged = text();
    }

    /** The directory in which changes show: also those that the kubelet makes by changing a link. */
    Path directory() {
        return file.getParent();
    }

    /** The last settings that were good. */
    AgentConfig good() {
        return good;
    }

    /** Why the newest settings are refused, and who must change what; nothing when they are not. */
    Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /** Looks at the file; a text that was judged before is not judged again. */
    Finding look() {
        String text = text();
        if (text != null && text.equals(judged)) {
            suspected = null;
            return Finding.UNCHANGED;
        }
        try {
            AgentConfig read = reader.read();
            judged = text;
            suspected = null;
            return accepted(read);
        } catch (ConfigurationException e) {
            return bad(String.valueOf(text), e.getMessage());
        }
    }

    private Finding accepted(AgentConfig read) {
        boolean mended = error != null;
        error = null;
        if (read.equals(good)) {
            return mended ? Finding.MENDED : Finding.UNCHANGED;
        }
        good = read;
        return Finding.ACCEPTED;
    }

    private Finding bad(String text, String message) {
        if (!text.equals(suspected)) {
            suspected = text;
            return Finding.SUSPECT;
        }
        if (message.equals(error)) {
            return Finding.UNCHANGED;
        }
        judged = text;
        error = message;
        return Finding.REFUSED;
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return null;
        }
    }
}
