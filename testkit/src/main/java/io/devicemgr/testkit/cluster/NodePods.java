package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.kubelet.SimulatedKubelet;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pods of a node: what the API server says of them, and what runs. The kubelet brings the second after the first;
 * without one nothing of that happens. Only its node's loop calls it.
 */
final class NodePods {
    private final KubernetesClient client;
    private final SimulatedKubelet kubelet;
    private final Duration pace;
    private final Function<Pod, RunningPod> start;
    private final Map<String, Pod> wanted = new LinkedHashMap<>();
    private final Map<String, RunningPod> pods = new LinkedHashMap<>();
    private final Map<String, PodStatus> written = new HashMap<>();
    private final Map<String, Instant> probedAt = new HashMap<>();
    private boolean stopped;

    /**
     * @param pace how often {@link #sync} is called at least
     * @param start what makes a pod that can run
     */
    NodePods(KubernetesClient client, SimulatedKubelet kubelet, Duration pace, Function<Pod, RunningPod> start) {
        this.client = client;
        this.kubelet = kubelet;
        this.pace = pace;
        this.start = start;
    }

    /** The API server has this pod. */
    void known(Pod pod) {
        String uid = pod.getMetadata().getUid();
        wanted.put(uid, pod);
        PodStatus last = written.get(uid);
        if (last != null && isReady(last) && !isReady(pod.getStatus())) {
            written.remove(uid); // Somebody else has said otherwise: what the kubelet knows is written again.
        }
    }

    /** The API server has this pod no more. */
    void gone(Pod pod) {
        wanted.remove(pod.getMetadata().getUid());
    }

    void sync(Instant now) {
        if (stopped || !kubelet.isRunning()) {
            return; // Containers go on without a kubelet, but nobody starts, ends, probes or reports them.
        }
        for (Pod pod : List.copyOf(wanted.values())) {
            String uid = pod.getMetadata().getUid();
            if (pod.getMetadata().getDeletionTimestamp() == null) {
                pods.computeIfAbsent(uid, u -> start.apply(pod));
            } else if (!pods.containsKey(uid)) {
                confirm(pod); // It was deleted before it ran here.
            }
        }
        for (RunningPod pod : List.copyOf(pods.values())) {
            if (isWanted(pod)) {
                pod.sync(now);
                pod.pod().getSpec().getContainers().forEach(container -> probe(pod, container, now));
                writeStatus(pod, now);
            } else if (pod.terminate(now)) {
                ended(pod);
            }
        }
    }

    private boolean isWanted(RunningPod pod) {
        Pod newest = wanted.get(uid(pod));
        return newest != null && newest.getMetadata().getDeletionTimestamp() == null;
    }

    private void ended(RunningPod pod) {
        String uid = uid(pod);
        pod.forget();
        pods.remove(uid);
        written.remove(uid);
        probedAt.keySet().removeIf(key -> key.startsWith(uid));
        if (wanted.containsKey(uid)) {
            confirm(pod.pod());
        }
    }

    private void confirm(Pod pod) {
        wanted.remove(pod.getMetadata().getUid());
        resource(pod).withGracePeriod(0).delete();
    }

    private void probe(RunningPod pod, Container container, Instant now) {
        RunState state = pod.containers().get(container.getName());
        String key = uid(pod) + "/" + container.getName();
        if (!state.running()) {
            probedAt.remove(key);
            return;
        }
        Instant last = probedAt.get(key);
        // Until the first success sooner than a kubelet would: nobody wants to watch a probe's period pass.
        Duration pause = state.ready() ? ReadinessCheck.period(container) : pace;
        if (last == null || !now.isBefore(last.plus(pause))) {
            probedAt.put(key, now);
            state.ready(ReadinessCheck.passes(container, pod.podIp(), pod::port));
        }
    }

    private void writeStatus(RunningPod pod, Instant now) {
        PodStatus previous = written.get(uid(pod));
        PodStatus status = new PodStatusText(previous == null ? before(pod) : previous, now).of(pod);
        if (status.equals(previous)) {
            return;
        }
        try {
            resource(pod.pod())
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
            written.put(uid(pod), status);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }

    private PodStatus before(RunningPod pod) {
        return Optional.ofNullable(wanted.get(uid(pod)).getStatus()).orElseGet(PodStatus::new);
    }

    private static boolean isReady(PodStatus status) {
        return status != null
                && status.getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    private PodResource resource(Pod pod) {
        return client.pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName());
    }

    private static String uid(RunningPod pod) {
        return pod.pod().getMetadata().getUid();
    }

    /** All processes end at once, without notice. */
    void powerOff(Instant now) {
        pods.values().parallelStream().forEach(pod -> pod.powerOff(now));
        probedAt.clear();
    }

    /** All end in good order, and nothing is started any more. */
    void stop() {
        stopped = true;
        pods.values().parallelStream().forEach(RunningPod::stop);
        pods.clear();
    }

    Optional<RunningPod> find(String namespace, String pod) {
        return pods.values().stream()
                .filter(p -> p.pod().getMetadata().getName().equals(pod)
                        && p.pod().getMetadata().getNamespace().equals(namespace))
                .findFirst();
    }
}
