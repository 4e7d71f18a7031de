package io.devicemgr.testkit.sandbox;

import java.io.IOException;
import java.nio.file.Path;

/** Measures what operator and agents cost and how fast they are, with real processes; prints a table, writes nothing. */
public final class BenchmarkMain {
    private BenchmarkMain() {}

    /** Runs in the project's directory, which the system property {@code project} names. Exits with 2 when called wrongly. */
    public static void main(String[] arguments) throws IOException {
        boolean operator = arguments.length > 0 && arguments[0].equals("operator");
        BenchmarkOptions options = null;
        OperatorBenchmarkOptions operatorOptions = null;
        try {
            if (operator) {
                operatorOptions = OperatorBenchmarkOptions.parse(arguments);
            } else {
                options = BenchmarkOptions.parse(arguments);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + BenchmarkOptions.USAGE + "\n" + OperatorBenchmarkOptions.USAGE);
            System.exit(2);
        }
        Distribution distribution = Distribution.of(
                Path.of(System.getProperty("project", ".")).toAbsolutePath().normalize(), System.getenv());
        System.out.printf(
                "%s %s; Linux %s, %s, %d processors%n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
        BenchmarkTable table = new BenchmarkTable(System.out);
        if (operator) {
            new OperatorBenchmark(distribution, table, operatorOptions).run();
        } else {
            agentAndLine(distribution, table, options);
        }
        System.exit(0);
    }

    private static void agentAndLine(Distribution distribution, BenchmarkTable table, BenchmarkOptions options)
            throws IOException {
        if (options.agent()) {
            new AgentBenchmark(distribution, table, options).run();
            new ManyDevicesBenchmark(distribution, table).run();
        }
        if (options.line()) {
            new LineBenchmark(distribution, table, options).run();
        }
    }
}
