package io.devicemgr.testkit.sandbox;

import java.time.Duration;

/**
 * What the benchmark is asked for on its command line.
 *
 * @param agent measure one agent alone
 * @param line measure the whole line, operator included
 * @param changes how many unplugs, and half as many restarts of the kubelet
 * @param idle how long the idle processes are watched
 */
record BenchmarkOptions(boolean agent, boolean line, int changes, Duration idle) {
    static final String USAGE = """
            usage: benchmark [agent|line] [--changes N] [--idle SECONDS]
              agent  one agent alone against a simulated kubelet and API server
              line   one operator and three agents in a simulated cluster
            Without either both are measured. --changes: unplugs, 100 unless given. --idle: 60 unless given.""";

    private static final int CHANGES = 100;
    private static final Duration IDLE = Duration.ofSeconds(60);

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static BenchmarkOptions parse(String[] arguments) {
        BenchmarkOptions options = new BenchmarkOptions(true, true, CHANGES, IDLE);
        for (int i = 0; i < arguments.length; i++) {
            options = switch (arguments[i]) {
                case "agent" -> new BenchmarkOptions(true, false, options.changes, options.idle);
                case "line" -> new BenchmarkOptions(false, true, options.changes, options.idle);
                case "--changes" ->
                    new BenchmarkOptions(options.agent, options.line, number(arguments, ++i), options.idle);
                case "--idle" ->
                    new BenchmarkOptions(
                            options.agent, options.line, options.changes, Duration.ofSeconds(number(arguments, ++i)));
                default -> throw new IllegalArgumentException("unknown argument " + arguments[i]);
            };
        }
        return options;
    }

    private static int number(String[] arguments, int index) {
        if (index == arguments.length || !arguments[index].matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(arguments[index - 1] + " needs a number");
        }
        return Integer.parseInt(arguments[index]);
    }
}
