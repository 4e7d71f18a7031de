package io.devicemgr.testkit.trouble;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl against a simulated cluster. */
public final class Kubectl {
    private final Path kubeconfig;

    /** With the rights of that kubeconfig. */
    public Kubectl(Path kubeconfig) {
        this.kubeconfig = kubeconfig;
    }

    /** Whether there is one on the path. */
    public static boolean isThere() {
        try {
            return new ProcessBuilder("kubectl", "version", "--client")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The command as an administrator types it, and what it shows, as the page quotes it. */
    public String show(Look look) {
        return "$ kubectl " + typed(look.arguments()) + "\n" + Excerpt.of(look, run(look.arguments()));
    }

    private static String typed(List<String> arguments) {
        return String.join(
                " ",
                arguments.stream()
                        .map(argument ->
                                argument.contains("{") ? "'" + argument + "'" : argument.replaceFirst("^~/", ""))
                        .toList());
    }

    private String run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
        arguments.forEach(argument ->
                command.add(argument.replaceFirst("^~", kubeconfig.getParent().toString())));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
