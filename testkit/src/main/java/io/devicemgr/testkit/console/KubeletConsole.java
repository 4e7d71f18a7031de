package io.devicemgr.testkit.console;

import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.ContainerSpecification;
import io.devicemgr.testkit.kubelet.DeviceCount;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.StartResult;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A kubelet that is told by lines of text what to do with the plugin. */
final class KubeletConsole implements AutoCloseable {
    static final String HELP = """
            wait RESOURCE N [SECONDS]   until N devices are allocatable (30 s)
            admit POD RESOURCE N ...    a pod with one container asks for devices; what it gets is shown
            reject POD RESOURCE N ...   the same for a pod that must be refused
            start POD                   starts its container; again: restarts it (PreStartContainer)
            remove POD                  the pod is gone
            status                      the node's capacity and allocatable
            health POD RESOURCE         health of the pod's devices, as in its status
            kubelet stop|kill|start|restart|reboot      restart: killed and started; reboot: no container runs any more
            readmit                     admits the node's pods again, as a kubelet does after its start
            plugin stop|kill|start|restart              SIGTERM; SIGKILL; for a plugin behind --
            cancel RESOURCE             the kubelet ends the plugin's stream
            lose RESOURCE               the kubelet forgets the plugin and leaves its stream open (fact 5)
            unlink RESOURCE             the plugin's socket file is deleted
            refuse N                    the next N calls of Register fail
            check                       breaches of the contract so far
            quit                        ends; so does the end of the input""";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long PERIOD_MILLIS = 20;

    private final SimulatedKubelet kubelet;
    private final PluginProcess plugin;
    private final Narrator narrator;
    private final Map<String, PodSpecification> pods = new HashMap<>();
    private final Map<String, Command> commands = new LinkedHashMap<>();

    /** What one word does; false when it did not come to what it says. */
    @FunctionalInterface
    private interface Command {
        boolean run(List<String> arguments);
    }

    KubeletConsole(ConsoleArguments arguments, PrintStream out) {
        for (Path directory : List.of(
                arguments.options().devicePluginsDir(),
                arguments.options().podResourcesSocket().getParent(),
                arguments.options().pluginsRegistryDir().orElseThrow())) {
            create(directory);
        }
        kubelet = new SimulatedKubelet(arguments.options());
        plugin = new PluginProcess(arguments.plugin());
        narrator = new Narrator(kubelet, out);
        commands.put("wait", this::await);
        commands.put("admit", words -> admit(words) instanceof AdmissionResult.Admitted);
        commands.put("reject", words -> admit(words) instanceof AdmissionResult.Rejected);
        commands.put("start", this::startContainer);
        commands.put("remove", this::remove);
        commands.put("status", this::status);
        commands.put("health", this::health);
        commands.put("kubelet", words -> ofKubelet(words.get(0)));
        commands.put("readmit", words -> readmit());
        commands.put("plugin", words -> ofPlugin(words.get(0)));
        commands.put("cancel", words -> done(() -> kubelet.faults().cancelStream(words.get(0))));
        commands.put("lose", words -> done(() -> kubelet.faults().loseSilently(words.get(0))));
        commands.put("unlink", words -> done(() -> kubelet.faults().deletePluginSocket(words.get(0))));
        commands.put(
                "refuse",
                words -> done(() -> kubelet.faults().rejectRegistrations(number(words, 0), "refused by the tester")));
        commands.put("check", words -> narrator.verdict());
        commands.put("help", words -> done(() -> out.println(HELP)));
        kubelet.start();
        narrator.say("kubelet.sock listens in %s", arguments.options().devicePluginsDir());
        plugin.start();
    }

    private static void create(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does what a line says; false when it could not, or when it came to something else than the line says. */
    boolean run(String line) {
        List<String> words = List.of(line.strip().split("\\s+"));
        Command command = commands.get(words.get(0));
        if (command == null) {
            narrator.say("unknown: %s; the words are %s", words.get(0), String.join(", ", commands.keySet()));
            return false;
        }
        boolean done;
        try {
            done = command.run(words.subList(1, words.size()));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            narrator.say("%s: say it as 'help' does", line.strip());
            return false;
        } catch (IllegalStateException | IllegalArgumentException | UncheckedIOException e) {
            narrator.say("%s: %s", line.strip(), e.getMessage());
            return false;
        }
        narrator.tell();
        if (!done) {
            narrator.say("FAILED: %s", line.strip());
        }
        return done;
    }

    SimulatedKubelet kubelet() {
        return kubelet;
    }

    /** The verdict on everything so far; true when there was no breach. */
    boolean verdict() {
        return narrator.verdict();
    }

    private static boolean done(Runnable action) {
        action.run();
        return true;
    }

    private static int number(List<String> words, int index) {
        return Integer.parseInt(words.get(index));
    }

    private boolean await(List<String> words) {
        int wanted = number(words, 1);
        Duration limit = words.size() > 2 ? Duration.ofSeconds(number(words, 2)) : LIMIT;
        long end = System.nanoTime() + limit.toNanos();
        while (kubelet.statusTick()
                        .getOrDefault(words.get(0), new DeviceCount(0, 0))
                        .allocatable()
                != wanted) {
            if (System.nanoTime() > end) {
                return !status(List.of());
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private AdmissionResult admit(List<String> words) {
        Map<String, Integer> limits = new TreeMap<>();
        for (int i = 1; i < words.size(); i += 2) {
            limits.put(words.get(i), number(words, i + 1));
        }
        PodSpecification pod = PodSpecification.of(words.get(0), ContainerSpecification.of("main", limits));
        pods.put(pod.name(), pod);
        AdmissionResult result = kubelet.admit(pod);
        narrator.tell();
        tell(pod.name(), result);
        return result;
    }

    private void tell(String pod, AdmissionResult result) {
        if (result instanceof AdmissionResult.Admitted admitted) {
            narrator.say("pod %s is admitted", pod);
            admitted.containers().values().forEach(narrator::given);
        } else if (result instanceof AdmissionResult.Rejected rejected) {
            narrator.say("pod %s is refused: %s, %s", pod, rejected.reason(), rejected.message());
        }
    }

    private PodSpecification pod(List<String> words) {
        PodSpecification pod = pods.get(words.get(0));
        if (pod == null) {
            throw new IllegalArgumentException("no pod of that name was admitted");
        }
        return pod;
    }

    private boolean startContainer(List<String> words) {
        StartResult result = kubelet.startContainer(pod(words), "main");
        narrator.tell();
        if (result instanceof StartResult.ConfigError waiting) {
            narrator.say("the container waits, CreateContainerConfigError: %s", waiting.message());
            return false;
        }
        narrator.say("the container of %s runs", words.get(0));
        narrator.given(((StartResult.Started) result).devices());
        return true;
    }

    private boolean remove(List<String> words) {
        kubelet.removePod(pod(words));
        pods.remove(words.get(0));
        return true;
    }

    private boolean status(List<String> words) {
        kubelet.statusTick()
                .forEach((resource, count) -> narrator.say(
                        "%s: capacity %d, allocatable %d, open streams %d, registrations %d",
                        resource,
                        count.capacity(),
                        count.allocatable(),
                        kubelet.openStreams(resource),
                        kubelet.registrations(resource)));
        return true;
    }

    private boolean health(List<String> words) {
        narrator.say("%s", new TreeMap<>(kubelet.deviceHealth(pod(words), "main", words.get(1))));
        return true;
    }

    private boolean ofKubelet(String what) {
        switch (what) {
            case "stop" -> kubelet.stop();
            case "kill" -> kubelet.kill();
            case "start" -> kubelet.start();
            case "restart" -> kubelet.restart();
            case "reboot" -> kubelet.reboot();
            default -> throw new IllegalArgumentException("stop, kill, start, restart or reboot");
        }
        narrator.say("the kubelet %s", kubelet.isRunning() ? "listens" : "does not run");
        return true;
    }

    private boolean readmit() {
        List<String> refused = new ArrayList<>();
        kubelet.readmitPods().forEach((uid, result) -> {
            tell(uid, result);
            if (result instanceof AdmissionResult.Rejected) {
                refused.add(uid);
            }
        });
        return refused.isEmpty();
    }

    private boolean ofPlugin(String what) {
        switch (what) {
            case "stop" -> plugin.stop();
            case "kill" -> plugin.kill();
            case "start" -> plugin.start();
            case "restart" -> {
                plugin.stop();
                plugin.start();
            }
            default -> throw new IllegalArgumentException("stop, kill, start or restart");
        }
        return true;
    }

    @Override
    public void close() {
        plugin.close();
        narrator.close();
        kubelet.close();
    }
}
