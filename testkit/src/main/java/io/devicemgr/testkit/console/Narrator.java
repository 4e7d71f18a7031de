package io.devicemgr.testkit.console;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import io.devicemgr.testkit.kubelet.Call;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.devicemgr.testkit.kubelet.Violation;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Tells what happens between the kubelet and its plugins while it happens, and what they did wrong. */
final class Narrator implements AutoCloseable {
    private static final int SHOWN = 8;
    private static final Set<Rpc> POD_RESOURCES =
            EnumSet.of(Rpc.POD_RESOURCES_LIST, Rpc.POD_RESOURCES_GET, Rpc.POD_RESOURCES_ALLOCATABLE);
    private static final long PERIOD_MILLIS = 50;

    private final SimulatedKubelet kubelet;
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "narrator");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Call> untold = new ArrayList<>();
    private int calls;
    private int violations;
    private int warnings;

    Narrator(SimulatedKubelet kubelet, PrintStream out) {
        this.kubelet = kubelet;
        this.out = out;
        kubelet.onList((resource, devices, at) -> say("list of %s: %s", resource, text(devices)));
        ticker.scheduleWithFixedDelay(this::tell, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells what has happened since the last time. */
    synchronized void tell() {
        List<Call> all = kubelet.calls().all();
        untold.addAll(all.subList(calls, all.size()));
        calls = all.size();
        List<Call> told = untold.stream()
                .filter(call -> call.ended() || call.rpc() == Rpc.LIST_AND_WATCH)
                .toList();
        told.forEach(this::tell);
        untold.removeAll(told);
        for (Violation breach :
                kubelet.violations().subList(violations, kubelet.violations().size())) {
            violations++;
            say("BREACH of rule %s: %s", breach.kind().rule(), breach);
        }
        for (Violation warning :
                kubelet.warnings().subList(warnings, kubelet.warnings().size())) {
            warnings++;
            say("warning, rule %s: %s", warning.kind().rule(), warning);
        }
    }

    private void tell(Call call) {
        if (POD_RESOURCES.contains(call.rpc()) && call.error().isEmpty()) {
            // Plugins ask for it every second while they wait; only a refusal is news.
            return;
        }
        String outcome = call.rpc() == Rpc.LIST_AND_WATCH
                ? "opened"
                : call.error().map(error -> "failed: " + error).orElse("ok");
        say(
                "%s %s %s%s: %s",
                call.rpc().name().toLowerCase(Locale.ROOT),
                call.resource(),
                call.socket().substring(call.socket().lastIndexOf('/') + 1),
                call.ids().isEmpty() ? "" : " " + call.ids(),
                outcome);
    }

    /** The verdict on everything so far; true when there was no breach. */
    synchronized boolean verdict() {
        tell();
        say(
                "%s; %d warnings",
                violations == 0 ? "no breach of the contract" : violations + " breaches of the contract", warnings);
        return violations == 0;
    }

    void say(String format, Object... arguments) {
        String text = String.format(Locale.ROOT, format, arguments);
        out.printf(Locale.ROOT, "[%7.2fs] %s%n", (System.nanoTime() - start) / 1e9, text);
    }

    /** What a container gets. */
    void given(ContainerDevices given) {
        given.deviceIds().forEach((resource, ids) -> say("  %s = %s", resource, String.join(",", ids)));
        given.devices().forEach(d -> say("  device %s as %s (%s)", d.hostPath(), d.containerPath(), d.permissions()));
        given.cdiNames().forEach(name -> say("  CDI device %s", name));
        given.env().forEach((key, value) -> say("  env %s=%s", key, value));
        given.mounts()
                .forEach(m -> say("  mount %s at %s%s", m.hostPath(), m.containerPath(), m.readOnly() ? " (ro)" : ""));
        given.annotations().forEach((key, value) -> say("  annotation %s=%s", key, value));
    }

    /** Devices with their health, the first few by name. */
    static String text(List<Device> devices) {
        String first = devices.stream().limit(SHOWN).map(Narrator::text).collect(Collectors.joining(", "));
        return devices.size() + " devices: " + first + (devices.size() > SHOWN ? ", ..." : "");
    }

    private static String text(Device device) {
        String nodes = device.getTopology().getNodesList().stream()
                .map(NUMANode::getID)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        return device.getID() + " " + device.getHealth() + (nodes.isEmpty() ? "" : " NUMA " + nodes);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
