package io.devicemgr.testkit.console;

import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.devicemgr.testkit.kubelet.TopologyPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The command line of {@code bin/kubelet}.
 *
 * @param options of the kubelet
 * @param plugin command that starts the plugin; empty when somebody else does
 */
record ConsoleArguments(SimulatedKubeletOptions options, List<String> plugin) {
    static final String USAGE = """
            usage: kubelet [--numa=N] [--policy=none|best-effort|restricted|single-numa-node] [--later] DIRECTORY [-- PLUGIN [ARGUMENT ...]]
              DIRECTORY  stands for /var/lib/kubelet: device-plugins/kubelet.sock, pod-resources/kubelet.sock and plugins_registry are made in it
              --numa=N   the machine has NUMA nodes 0 to N-1 (default 1)
              --later    a kubelet after v1.36, which keeps several plugins of one resource apart
              PLUGIN     is started when the kubelet listens, and ended with it""";

    private static final String NUMA = "--numa=";
    private static final String POLICY = "--policy=";

    ConsoleArguments {
        plugin = List.copyOf(plugin);
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static ConsoleArguments parse(List<String> arguments) {
        int end = arguments.indexOf("--");
        List<String> own = end < 0 ? arguments : arguments.subList(0, end);
        List<String> plugin = end < 0 ? List.of() : arguments.subList(end + 1, arguments.size());
        List<String> directories =
                own.stream().filter(argument -> !argument.startsWith("-")).toList();
        if (directories.size() != 1) {
            throw new IllegalArgumentException("one directory must be given");
        }
        Path directory = Path.of(directories.get(0)).toAbsolutePath().normalize();
        SimulatedKubeletOptions options = SimulatedKubeletOptions.below(directory)
                .withPluginsRegistry(directory.resolve("plugins_registry"))
                .withStatusInterval(Duration.ofSeconds(1));
        for (String argument : own) {
            if (argument.matches(NUMA + "[1-9]|" + NUMA + "[1-5][0-9]|" + NUMA + "6[0-4]")) {
                int nodes = Integer.parseInt(argument.substring(NUMA.length()));
                options =
                        options.withNumaNodes(IntStream.range(0, nodes).boxed().toArray(Integer[]::new));
            } else if (argument.startsWith(POLICY)) {
                options = options.withTopologyPolicy(policy(argument.substring(POLICY.length())));
            } else if (argument.equals("--later")) {
                options = options.profile(KubeletProfile.K137);
            } else if (argument.startsWith("-")) {
                throw new IllegalArgumentException("unknown option " + argument);
            }
        }
        return new ConsoleArguments(options, plugin);
    }

    private static TopologyPolicy policy(String name) {
        try {
            return TopologyPolicy.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("unknown policy " + name, e);
        }
    }
}
