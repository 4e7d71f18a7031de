package io.devicemgr.agent.runtime;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A run of a program of the agent's container, without a shell, for a limited time; then it is killed with its children. */
public final class Program {
    private static final long SHORTEST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Process process;
    private final OutputTail output = new OutputTail();
    private final long end;

    private Program(Process process, Duration limit) {
        this.process = process;
        this.end = System.nanoTime() + limit.toNanos();
    }

    /**
     * How a program ended.
     *
     * @param code its exit code, or null when it was killed because its time was over
     * @param output the end of what it has written, on one line
     */
    public record Result(Integer code, String output) {
        public boolean succeeded() {
            return code != null && code == 0;
        }
    }

    /**
     * Runs a program to its end or to the end of its time.
     *
     * @param command absolute path and arguments
     * @throws IOException when it cannot be started
     * @throws InterruptedException when this thread is interrupted; the program is killed then
     */
    public static Result run(List<String> command, Duration limit) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        // What the agent itself was told is not the program's business.
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.directory(new File("/")).redirectErrorStream(true).redirectInput(Redirect.from(new File("/dev/null")));
        ProcessTree tree = new ProcessTree(builder);
        return new Program(tree.root(), limit).result(tree);
    }

    private Result result(ProcessTree tree) throws InterruptedException {
        boolean ended = false;
        try {
            ended = await();
        } finally {
            if (!ended) {
                tree.kill();
            }
            close();
        }
        return new Result(ended ? process.exitValue() : null, output.text());
    }

    /** Looks for output now and then instead of waiting for its end, which a child that lives on would hold back. */
    private boolean await() throws InterruptedException {
        long pause = SHORTEST_PAUSE_MILLIS;
        while (!process.waitFor(pause, TimeUnit.MILLISECONDS)) {
            boolean read = take();
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            pause = read ? SHORTEST_PAUSE_MILLIS : Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
        while (System.nanoTime() - end < 0 && take()) {
            // Everything that the program has written before it ended.
        }
        return true;
    }

    private boolean take() {
        InputStream in = process.getInputStream();
        try {
            return output.takeAvailable(in);
        } catch (IOException e) {
            return false;
        }
    }

    private void close() {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            // Nobody reads it any more.
            return;
        }
    }
}
