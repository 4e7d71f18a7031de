package io.devicemgr.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An agent that needs no native code must not pay for it. */
class LazyNativeCodeIT {
    private static final String JNA = "com.sun.jna.";

    @Test
    void watchingDirectoriesOnlyLoadsNoNativeCode() throws IOException, InterruptedException {
        assertThat(classesLoadedBy("directories"))
                .contains(Uevents.class.getName())
                .doesNotContain(JNA);
    }

    @Test
    void namingASubsystemLoadsIt() throws IOException, InterruptedException {
        assertThat(classesLoadedBy("usb")).contains(JNA);
    }

    private static String classesLoadedBy(String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        argument)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** What an agent does with and without selectors that look at sysfs. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            try (DirectoryWatch directories = new DirectoryWatch();
                    Uevents uevents = new Uevents()) {
                ChangeSource.Subscription<String> subscription = uevents.subscribe(() -> {});
                directories.subscribe(() -> {}).watch(Set.of(Path.of("/dev")));
                directories.start();
                uevents.start();
                if (!arguments[0].equals("directories")) {
                    subscription.watch(Set.of(arguments[0]));
                }
                if (!uevents.eventDriven() && Posix.trouble().isPresent()) {
                    throw new IllegalStateException(Posix.trouble().get());
                }
            }
        }
    }
}
