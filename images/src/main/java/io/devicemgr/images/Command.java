package io.devicemgr.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A program that is run to its end. */
final class Command {
    private Command() {}

    /**
     * What it wrote, errors included.
     *
     * @throws IOException with what it wrote, when it failed
     */
    static String run(List<String> command) throws IOException {
        return run(command, null);
    }

    /** The same in a directory. */
    static String run(List<String> command, Path directory) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory == null ? null : directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + code + ":\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.get(0) + " runs", e);
        }
        return output;
    }
}
