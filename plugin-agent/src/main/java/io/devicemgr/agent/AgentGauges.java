package io.devicemgr.agent;

import io.devicemgr.agent.report.DeviceTally;
import io.devicemgr.agent.report.ResourceState;
import io.devicemgr.agent.report.Situation;
import io.devicemgr.metrics.Gauge.Sample;
import io.devicemgr.metrics.MetricRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the metrics tell of the present: computed from the same situation as the report, at each scrape. */
public final class AgentGauges {
    private static final String RESOURCE = "resource";

    private final MetricRegistry registry;
    private final Supplier<Optional<Situation>> situation;

    private AgentGauges(MetricRegistry registry, Supplier<Optional<Situation>> situation) {
        this.registry = registry;
        this.situation = situation;
    }

    /**
     * Adds the gauges.
     *
     * @param situation the situation now; nothing while no agent runs
     * @param settingsOk whether the settings file is what the agent runs with
     * @param registers whether it offers devices to the kubelet; with discoverOnly it does not
     */
    public static void register(
            MetricRegistry registry,
            Supplier<Optional<Situation>> situation,
            String revision,
            BooleanSupplier settingsOk,
            BooleanSupplier registers) {
        AgentGauges gauges = new AgentGauges(registry, situation);
        registry.gauge(
                "info",
                "Always 1; tells the version of the agent and the revision of its settings.",
                () -> Stream.of(Sample.of(1, AgentVersion.current(), revision)),
                "version",
                "revision");
        registry.gauge(
                "settings_ok",
                "Whether the agent runs with what the settings file says; 0 when that was refused.",
                () -> Stream.of(Sample.of(settingsOk.getAsBoolean())));
        gauges.devices();
        gauges.registrations(registers);
        gauges.surroundings();
    }

    /**
     * Adds how unsteady the devices are.
     *
     * @param mostLosses by resource: how often the device that was lost most often in the last hour was
     */
    public static void registerLosses(
            MetricRegistry registry,
            Supplier<Optional<Situation>> situation,
            Supplier<Map<String, Integer>> mostLosses) {
        new AgentGauges(registry, situation)
                .add(
                        "device_losses_max",
                        "How often the device that has turned unhealthy most often in the last hour did so, up to 100.",
                        now -> {
                            Map<String, Integer> most = mostLosses.get();
                            return now.resources().stream()
                                    .map(each -> Sample.of(most.getOrDefault(each.name(), 0), each.name()));
                        },
                        RESOURCE);
    }

    private void devices() {
        add("devices", "Devices by health.", AgentGauges::byHealth, RESOURCE, "health");
        add("devices_allocated", "Devices that containers hold.", AgentGauges::allocated, RESOURCE);
    }

    private void registrations(BooleanSupplier registers) {
        add(
                "registered",
                "Whether the kubelet has accepted the registration and reads the list of devices; absent with discoverOnly.",
                now -> now.resources().stream()
                        .filter(each -> registers.getAsBoolean())
                        .map(each -> Sample.of(each.registered(), each.name())),
                RESOURCE);
        add(
                "verified",
                "Whether the kubelet's PodResources API shows the healthy devices; absent while not known.",
                now -> now.resources().stream()
                        .filter(each -> each.verified() != null)
                        .map(each -> Sample.of(each.verified(), each.name())),
                RESOURCE);
    }

    private void surroundings() {
        add(
                "kubelet_socket_present",
                "Whether kubelet.sock is there.",
                now -> Stream.of(Sample.of(now.kubeletPresent())));
        add(
                "watch_mode",
                "How changes are noticed: 1 for the mode that holds.",
                now -> Stream.of(Sample.of(now.inotify(), "Inotify"), Sample.of(!now.inotify(), "Polling")),
                "mode");
    }

    private void add(String name, String help, Function<Situation, Stream<Sample>> samples, String... labels) {
        registry.gauge(name, help, () -> situation.get().stream().flatMap(samples), labels);
    }

    private static Stream<Sample> byHealth(Situation now) {
        return tallies(
                        now,
                        (name, tally) -> List.of(
                                Sample.of(tally.healthy(), name, "Healthy"),
                                Sample.of(tally.devices() - tally.healthy(), name, "Unhealthy")))
                .flatMap(List::stream);
    }

    private static Stream<Sample> allocated(Situation now) {
        return tallies(now, (name, tally) -> Sample.of(tally.allocated(), name));
    }

    private static <T> Stream<T> tallies(Situation now, BiFunction<String, DeviceTally, T> samples) {
        Map<String, DeviceTally> tallies = DeviceTally.byResource(now);
        return now.resources().stream()
                .map(ResourceState::name)
                .map(name -> samples.apply(name, tallies.getOrDefault(name, DeviceTally.NONE)));
    }
}
