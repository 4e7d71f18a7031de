package io.devicemgr.agent.health;

import io.devicemgr.agent.config.Template;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.api.v1alpha1.HealthProbe.Command;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of the agent's container, without a shell; exit code 0 means healthy. */
final class CommandProbe implements Probe {
    /** What killing may take on top of the time that the command has. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(2);

    private static final long SHORTEST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final HostPaths host;
    private final List<String> command;
    private final Duration limit;

    CommandProbe(HostPaths host, Command command) {
        this.host = host;
        this.command = command.command();
        this.limit = Duration.ofSeconds(command.timeoutSeconds());
    }

    @Override
    public String kind() {
        return "command";
    }

    @Override
    public Reason failure() {
        return Reason.COMMAND_FAILED;
    }

    @Override
    public Duration timeLimit() {
        return limit.plus(KILL_GRACE);
    }

    @Override
    public Outcome run(Device device) throws InterruptedException {
        try {
            return judge(new ProcessTree(builder(device)));
        } catch (IOException e) {
            return Outcome.failed(
                    Reason.COMMAND_FAILED,
                    Words.oneLine(e.getMessage())
                            + "; the program must be in the agent's container: bring it there with agent.extraVolumes");
        }
    }

    private ProcessBuilder builder(Device device) {
        Map<String, String> values = values(device);
        ProcessBuilder builder = new ProcessBuilder(
                command.stream().map(word -> Template.fill(word, values)).toList());
        // What the agent itself was told is not the program's business.
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        return builder.directory(new File("/"))
                .redirectErrorStream(true)
                .redirectInput(Redirect.from(new File("/dev/null")));
    }

    private Map<String, String> values(Device device) {
        List<Path> nodes = host.ownNodes(device);
        return Map.of(
                "DEVICE_PATH", nodes.isEmpty() ? device.path() : nodes.get(0).toString(),
                "DEVICE_ID", device.id().value(),
                "DEVICE_SYSFS_PATH",
                        host.sysfsDirectory(device).map(Path::toString).orElse(""),
                "RESOURCE_NAME", device.resource());
    }

    private Outcome judge(ProcessTree tree) throws InterruptedException {
        OutputTail output = new OutputTail();
        boolean ended = false;
        try {
            ended = await(tree.root(), output);
        } finally {
            if (!ended) {
                tree.kill();
            }
            close(tree.root());
        }
        if (!ended) {
            return Outcome.failed(
                    Reason.PROBE_TIMED_OUT,
                    command.get(0) + " did not end within " + limit.toSeconds() + " s and was killed" + said(output));
        }
        int code = tree.root().exitValue();
        return code == 0
                ? Outcome.passed()
                : Outcome.failed(Reason.COMMAND_FAILED, command.get(0) + " ended with " + code + said(output));
    }

    /** Looks for output now and then instead of waiting for its end, which a child that lives on would hold back. */
    private boolean await(Process process, OutputTail output) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!process.waitFor(pause, TimeUnit.MILLISECONDS)) {
            boolean read = take(process, output);
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            pause = read ? SHORTEST_PAUSE_MILLIS : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
        while (System.nanoTime() - end < 0 && take(process, output)) {
            // Everything that the program has written before it ended.
        }
        return true;
    }

    private static boolean take(Process process, OutputTail output) {
        InputStream in = process.getInputStream();
        try {
            return output.takeAvailable(in);
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(Process process) {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            // Nobody reads it any more.
            return;
        }
    }

    private static String said(OutputTail output) {
        String text = output.text();
        return text.isEmpty() ? "" : ": " + text;
    }
}
