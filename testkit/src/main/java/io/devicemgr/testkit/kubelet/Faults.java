package io.devicemgr.testkit.kubelet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The bad things that can happen between a kubelet and a plugin (section 2.10). Kill, restart and the late clean-up are
 * methods of {@link SimulatedKubelet} itself.
 */
public final class Faults {
    private final FaultPlan plan;
    private final SimulatedKubeletOptions options;
    private final Supplier<KubeletProcess> process;

    Faults(FaultPlan plan, SimulatedKubeletOptions options, Supplier<KubeletProcess> process) {
        this.plan = plan;
        this.options = options;
        this.process = process;
    }

    /** The next Register calls fail with UNKNOWN and this text, before anything is dialled. */
    public void rejectRegistrations(int times, String message) {
        plan.rejectRegistrations(times, message);
    }

    /**
     * Answers Register before anything is dialled, dials then, and takes the options from the request, as kubelets did in
     * 2018 (rule 24); what goes wrong after the answer is only logged.
     */
    public void answerRegistrationsFirst(boolean first) {
        plan.answerFirst(first);
    }

    /** The next successful registrations stand, but the plugin gets UNAVAILABLE for an answer (rule 25). */
    public void loseRegisterReplies(int times) {
        plan.loseReplies(times);
    }

    /** Every Register call waits this long before the kubelet works on it. */
    public void delayRegistrations(Duration delay) {
        plan.delayRegistrations(delay);
    }

    /** The next successful registrations are never followed by ListAndWatch (rule 84). */
    public void neverCallListAndWatch(int times) {
        plan.skipStreams(times);
    }

    /** Fixes the order of Register reply and ListAndWatch, which is random otherwise. */
    public void startStreams(StreamStart start) {
        plan.startStreams(start);
    }

    /** Dials plugins with this authority instead of {@code localhost} (rule 3). */
    public void dialWithAuthority(String authority) {
        plan.dialWithAuthority(authority);
    }

    /** Gives up a plugin that cannot be dialled after this time, instead of the limit of the options. */
    public void giveUpDialsAfter(Duration limit) {
        plan.giveUpDialsAfter(limit);
    }

    /** The next PodResources calls fail with UNAVAILABLE. */
    public void rejectPodResources(int times) {
        plan.rejectPodResources(times);
    }

    /** Holds the kubelet before this step when a stream of the resource ends next; close or release it in the end. */
    public HandOverHold holdHandOver(HandOverStep step, String resource) {
        HandOverHold hold = new HandOverHold(step, resource);
        plan.hold(hold);
        return hold;
    }

    /** Cancels the stream of the plugin that registered last. */
    public void cancelStream(String resource) {
        client(resource).cancelStream();
    }

    /** Stops reading that stream, after at most one more list (rule 51). */
    public void stallReader(String resource) {
        stream(resource).stall();
    }

    /** Reads it again. */
    public void resumeReader(String resource) {
        stream(resource).resume();
    }

    /** The outcome of the look-up race: the stream stays open, but the endpoint is stopped (fact 5 of the contract). */
    public void loseSilently(String resource) {
        Path socket = client(resource).socket();
        process.get().connections().forget(resource, socket);
        process.get().manager().pluginDisconnected(resource, socket);
    }

    /** Deletes the socket file of the plugin that registered last, and nothing else. */
    public void deletePluginSocket(String resource) {
        delete(client(resource).socket());
    }

    /** Deletes kubelet.sock while the kubelet goes on. */
    public void deleteKubeletSocket() {
        delete(options.kubeletSocket());
    }

    private PluginStream stream(String resource) {
        PluginStream stream = client(resource).stream();
        if (stream == null) {
            throw new IllegalStateException("There is no stream of " + resource);
        }
        return stream;
    }

    private PluginClient client(String resource) {
        return process.get()
                .connections()
                .newest(resource)
                .orElseThrow(() -> new IllegalStateException("No plugin has registered for " + resource));
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + socket, e);
        }
    }
}
