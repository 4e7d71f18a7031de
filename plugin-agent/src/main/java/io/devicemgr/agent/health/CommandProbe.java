package io.devicemgr.agent.health;

import io.devicemgr.agent.config.Template;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.runtime.OneLine;
import io.devicemgr.agent.runtime.Program;
import io.devicemgr.api.v1alpha1.HealthProbe.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs a program of the agent's container, without a shell; exit code 0 means healthy. */
final class CommandProbe implements Probe {
    /** What killing may take on top of the time that the command has. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(2);

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
        Map<String, String> values = host.variables(device);
        List<String> words =
                command.stream().map(word -> Template.fill(word, values)).toList();
        try {
            return judge(Program.run(words, limit));
        } catch (IOException e) {
            return Outcome.failed(
                    Reason.COMMAND_FAILED,
                    OneLine.of(e.getMessage())
                            + "; the program must be in the agent's container: bring it there with agent.extraVolumes");
        }
    }

    private Outcome judge(Program.Result result) {
        String said = result.output().isEmpty() ? "" : ": " + result.output();
        if (result.code() == null) {
            return Outcome.failed(
                    Reason.PROBE_TIMED_OUT,
                    command.get(0) + " did not end within " + limit.toSeconds() + " s and was killed" + said);
        }
        return result.succeeded()
                ? Outcome.passed()
                : Outcome.failed(Reason.COMMAND_FAILED, command.get(0) + " ended with " + result.code() + said);
    }
}
