package io.devicemgr.testkit.sandbox;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What the benchmark of the operator is asked for on its command line.
 *
 * @param parts what is measured
 * @param nodes nodes of the large fleet
 * @param devices devices of each deployment on each node
 * @param deployments deployments on the large fleet
 * @param rate device changes per second, for all deployments together
 * @param time how long devices change, and how long an idle operator is watched
 * @param cores processors that the operator may use, as taskset takes them; empty for all
 */
record OperatorBenchmarkOptions(
        Set<Part> parts, int nodes, int devices, int deployments, int rate, Duration time, String cores) {
    static final String USAGE = """
            usage: benchmark operator [small] [fleet] [foreign] [many] [--nodes N] [--devices N] [--deployments N]
                     [--changes-per-second N] [--seconds N] [--cores LIST]
              small    one deployment on three nodes: start and idle memory
              fleet    the large fleet: start, memory, devices that change, rest
              foreign  the same start with 10,000 pods of others, 50 images and long annotations on every node
              many     200 deployments on 50 nodes
            Without any of these all are measured. Unless given: 5000 nodes, 8 devices, 1 deployment, 50 changes per second, 60 s.
            --cores: processors for the operator, for example 0,1.""";

    private static final OperatorBenchmarkOptions DEFAULT =
            new OperatorBenchmarkOptions(EnumSet.noneOf(Part.class), 5000, 8, 1, 50, Duration.ofSeconds(60), "");

    /** A part of the benchmark. */
    enum Part {
        SMALL,
        FLEET,
        FOREIGN,
        MANY
    }

    /**
     * Reads the command line behind the word "operator".
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static OperatorBenchmarkOptions parse(String[] arguments) {
        OperatorBenchmarkOptions o = DEFAULT;
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            o = argument.startsWith("--") ? o.with(argument, value(arguments, ++i)) : o.with(part(argument));
        }
        return o.parts.isEmpty()
                ? new OperatorBenchmarkOptions(
                        EnumSet.allOf(Part.class), o.nodes, o.devices, o.deployments, o.rate, o.time, o.cores)
                : o;
    }

    private static Part part(String argument) {
        try {
            return Part.valueOf(argument.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("unknown argument " + argument, e);
        }
    }

    private OperatorBenchmarkOptions with(Part part) {
        Set<Part> more = EnumSet.of(part);
        more.addAll(parts);
        return new OperatorBenchmarkOptions(more, nodes, devices, deployments, rate, time, cores);
    }

    private OperatorBenchmarkOptions with(String option, String value) {
        if (option.equals("--cores")) {
            return new OperatorBenchmarkOptions(parts, nodes, devices, deployments, rate, time, value);
        }
        if (!value.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(option + " needs a number");
        }
        int n = Integer.parseInt(value);
        return switch (option) {
            case "--nodes" -> new OperatorBenchmarkOptions(parts, n, devices, deployments, rate, time, cores);
            case "--devices" -> new OperatorBenchmarkOptions(parts, nodes, n, deployments, rate, time, cores);
            case "--deployments" -> new OperatorBenchmarkOptions(parts, nodes, devices, n, rate, time, cores);
            case "--changes-per-second" ->
                new OperatorBenchmarkOptions(parts, nodes, devices, deployments, n, time, cores);
            case "--seconds" ->
                new OperatorBenchmarkOptions(parts, nodes, devices, deployments, rate, Duration.ofSeconds(n), cores);
            default -> throw new IllegalArgumentException("unknown option " + option);
        };
    }

    private static String value(String[] arguments, int index) {
        if (index == arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + " needs a value");
        }
        return arguments[index];
    }
}
