package io.devicemgr.testkit.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Command line of {@code bin/kubelet}. Exits with 0 when the plugin kept the contract and every line came to what it says, 1
 * when not, 2 when it was called wrongly.
 */
public final class KubeletMain {
    private KubeletMain() {}

    /** Reads commands from standard input until its end. */
    public static void main(String[] arguments) throws IOException {
        ConsoleArguments parsed;
        try {
            parsed = ConsoleArguments.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + ConsoleArguments.USAGE + "\ncommands:\n" + KubeletConsole.HELP);
            System.exit(2);
            return;
        }
        KubeletConsole console = new KubeletConsole(parsed, System.out);
        Thread interrupted = new Thread(
                () -> {
                    // Ctrl-C is an end like any other: the verdict is the exit code.
                    boolean kept = console.verdict();
                    console.close();
                    Runtime.getRuntime().halt(kept ? 0 : 1);
                },
                "interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        boolean good = run(console);
        Runtime.getRuntime().removeShutdownHook(interrupted);
        good &= console.verdict();
        console.close();
        System.exit(good ? 0 : 1);
    }

    private static boolean run(KubeletConsole console) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        boolean good = true;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.strip().equals("quit")) {
                break;
            }
            if (!line.isBlank() && !line.strip().startsWith("#")) {
                good &= console.run(line);
            }
        }
        return good;
    }
}
