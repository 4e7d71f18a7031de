package io.devicemgr.testkit.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Command line of the sandbox. Exits with 0 when everything was observed, 1 when not, 2 when it was called wrongly. */
public final class SandboxMain {
    private SandboxMain() {}

    /** Runs in the project's directory, which the system property {@code project} names. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path project =
                Path.of(System.getProperty("project", ".")).toAbsolutePath().normalize();
        SandboxOptions options;
        try {
            options = SandboxOptions.parse(arguments, project.resolve("examples/machine-devices/deployment.yaml"));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + SandboxOptions.USAGE);
            System.exit(2);
            return;
        }
        Scenario sandbox = options.upgradeFrom().isPresent()
                ? new UpgradeSandbox(options, project, System.out)
                : new Sandbox(options, Distribution.of(project, System.getenv()), System.out);
        Thread cleaner = new Thread(sandbox::close, "clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        boolean observed = sandbox.run();
        System.out.println(observed ? "All of it was seen." : "Not all of it was seen.");
        if (options.keep()) {
            System.out.println("Kept running; end it with Ctrl-C.");
            new CountDownLatch(1).await();
        }
        System.exit(observed ? 0 : 1);
    }
}
