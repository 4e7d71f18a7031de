package io.devicemgr.agent.runtime;

import io.devicemgr.metrics.Counter;
import io.devicemgr.metrics.Histogram;
import io.devicemgr.metrics.MetricRegistry;
import java.time.Duration;
import java.util.List;

/**
 * What the agent counts, in the words of those who tell it. Every method may be called from any thread and never fails or
 * waits. Labels are names of resources and words of small vocabularies, never device ids. docs/metrics.md has the table.
 */
public final class Metrics {
    private static final String RESOURCE = "resource";
    private static final String OUTCOME = "outcome";
    private static final String SUCCEEDED = "succeeded";
    private static final String FAILED = "failed";

    /** The target is 10 ms; what the pace of lists holds back takes up to a second and more. */
    private static final double[] DELAYS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5};

    private static final double[] CALLS = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.1, 1};

    /** Work on devices; the kubelet gives PreStartContainer 30 s. */
    private static final double[] WORK = {0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30};

    private final MetricRegistry registry = new MetricRegistry("devicemgr_agent_");
    private final Counter registrations = registry.counter(
            "registrations_total", "Answers of the kubelet to Register, and calls that failed.", RESOURCE, OUTCOME);
    private final Counter streamsOpened =
            registry.counter("streams_opened_total", "ListAndWatch streams that the kubelet has opened.", RESOURCE);
    private final Counter streamsEnded = registry.counter(
            "streams_ended_total", "ListAndWatch streams that have ended, from either side.", RESOURCE);
    private final Counter listsSent =
            registry.counter("lists_sent_total", "Lists of devices written to the kubelet's streams.", RESOURCE);
    private final Histogram listDelay = registry.histogram(
            "list_delay_seconds",
            "Time from the moment a change was noticed to the list being written to the kubelet's stream.",
            DELAYS,
            RESOURCE);
    private final Counter allocations = registry.counter("allocations_total", "Calls of Allocate.", RESOURCE, OUTCOME);
    private final Histogram allocationDuration =
            registry.histogram("allocation_duration_seconds", "Time to answer Allocate.", CALLS, RESOURCE);
    private final Histogram prepareDuration = registry.histogram(
            "prepare_duration_seconds",
            "Time to prepare the devices of a container before it starts.",
            WORK,
            RESOURCE,
            "kind",
            OUTCOME);
    private final Histogram probeDuration = registry.histogram(
            "probe_duration_seconds", "Time that a health probe took.", WORK, RESOURCE, "kind", OUTCOME);
    private final Counter healthTransitions = registry.counter(
            "health_transitions_total", "Changes of a device's health.", RESOURCE, "from", "to", "reason");
    private final Counter reportWrites = registry.counter(
            "report_writes_total", "Attempts to write the NodeDeviceReport to the API server.", OUTCOME);
    private final Counter settingsRead =
            registry.counter("settings_read_total", "Changed settings files that were taken over or refused.", OUTCOME);

    public Metrics() {
        List.of(SUCCEEDED, FAILED).forEach(reportWrites::expect);
        List.of("accepted", "refused").forEach(settingsRead::expect);
    }

    /** The agent serves these resources from now on; what was counted for others is forgotten. */
    public void serving(List<String> resources) {
        registry.retain(RESOURCE, resources);
        for (String resource : resources) {
            registrations.expect(resource, "accepted");
            registrations.expect(resource, "refused");
            streamsOpened.expect(resource);
            streamsEnded.expect(resource);
            listsSent.expect(resource);
            allocations.expect(resource, "granted");
            allocations.expect(resource, "refused");
        }
    }

    /** The kubelet has answered Register, or could not be asked. */
    public void registered(String resource, boolean accepted) {
        registrations.increment(resource, accepted ? "accepted" : "refused");
    }

    public void streamOpened(String resource) {
        streamsOpened.increment(resource);
    }

    public void streamEnded(String resource) {
        streamsEnded.increment(resource);
    }

    /**
     * A list was written to a stream.
     *
     * @param sinceChange time since the oldest change in it was noticed; null for the first list of a stream, which tells of none
     */
    public void listSent(String resource, Duration sinceChange) {
        listsSent.increment(resource);
        if (sinceChange != null) {
            listDelay.observe(sinceChange, resource);
        }
    }

    /** Allocate was answered. */
    public void allocated(String resource, boolean granted, Duration took) {
        allocations.increment(resource, granted ? "granted" : "refused");
        allocationDuration.observe(took, resource);
    }

    /**
     * Devices were prepared for a container.
     *
     * @param kind what was done: reset or command
     */
    public void prepared(String resource, String kind, boolean succeeded, Duration took) {
        prepareDuration.observe(took, resource, kind, succeeded ? SUCCEEDED : FAILED);
    }

    /**
     * A health probe has ended.
     *
     * @param kind name of the probe in the spec: open, sysfsAttribute or command
     * @param outcome one of a few words of the prober, never a text
     */
    public void probed(String resource, String kind, String outcome, Duration took) {
        probeDuration.observe(took, resource, kind, outcome);
    }

    /**
     * A device that was listed has another health now.
     *
     * @param from Healthy or Unhealthy
     * @param to Healthy or Unhealthy
     * @param reason the reason as it stands in the report
     */
    public void healthChanged(String resource, String from, String to, String reason) {
        healthTransitions.increment(resource, from, to, reason);
    }

    /** The API server took the report, or did not. */
    public void reportWritten(boolean succeeded) {
        reportWrites.increment(succeeded ? SUCCEEDED : FAILED);
    }

    /** A changed settings file was good. */
    public void settingsAccepted() {
        settingsRead.increment("accepted");
    }

    /** A changed settings file was refused; the old settings stay. */
    public void settingsRefused() {
        settingsRead.increment("refused");
    }

    /** For gauges, and for whoever writes the answer to a scrape. */
    public MetricRegistry registry() {
        return registry;
    }
}
