package io.devicemgr.testkit.trouble;

import io.devicemgr.testkit.sandbox.Distribution;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Command line of {@code bin/sandbox --trouble NAME [--keep]}: brings a trouble about, shows it, and ends it unless it is to stay. */
public final class TroubleMain {
    private TroubleMain() {}

    /** Runs in the project's directory, which the system property {@code project} names. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(List.of(arguments));
        boolean keep = names.removeIf("--keep"::equals);
        names.removeIf("--trouble"::equals);
        if (names.size() != 1
                || Troubles.all().stream().noneMatch(trouble -> trouble.name().equals(names.get(0)))) {
            System.err.println("usage: sandbox --trouble NAME [--keep]\nNAME is one of");
            Troubles.all().forEach(trouble -> System.err.printf("  %-24s%s%n", trouble.name(), trouble.what()));
            System.exit(2);
        }
        Trouble trouble = Troubles.named(names.get(0));
        Path project =
                Path.of(System.getProperty("project", ".")).toAbsolutePath().normalize();
        Scene scene = new Scene(Distribution.builtIn(project));
        Runtime.getRuntime().addShutdownHook(new Thread(scene::close, "clean-up"));
        try {
            play(scene, trouble, keep);
            System.exit(0);
        } catch (IllegalStateException e) {
            // Threads of the cluster would keep the process.
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void play(Scene scene, Trouble trouble, boolean keep) throws IOException, InterruptedException {
        Stage stage = scene.stage(trouble);
        if (!trouble.name().equals(Troubles.WITHOUT_OPERATOR)) {
            scene.startOperator();
        }
        System.out.println(trouble.name() + ": " + trouble.what() + " ...");
        trouble.begin().run(stage);
        System.out.println("export KUBECONFIG=" + scene.cluster().kubeconfig());
        if (Kubectl.isThere()) {
            Kubectl kubectl = new Kubectl(scene.cluster().kubeconfig());
            trouble.looks().forEach(look -> System.out.println(kubectl.show(look)));
        }
        if (keep) {
            System.out.println("Kept as it is; end it with Ctrl-C.");
            new CountDownLatch(1).await();
        }
        trouble.end().run(stage);
        System.out.println("ended: all is well again");
    }
}
