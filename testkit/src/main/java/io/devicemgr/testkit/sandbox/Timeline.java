package io.devicemgr.testkit.sandbox;

import io.devicemgr.testkit.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** Where the time between "applied" and "Ready" went: when each step was complete on all nodes. */
final class Timeline {
    private final Map<String, Long> marks = new ConcurrentHashMap<>();
    private final long applied = System.nanoTime();

    /** Starts now, when the deployment is about to be applied. */
    Timeline(SimulatedCluster cluster) {
        cluster.client().apps().daemonSets().inAnyNamespace().inform(new OnEvery<>((daemonSet, first) -> {
            if (first) {
                mark("DaemonSet made");
            }
        }));
        cluster.client().pods().inAnyNamespace().inform(new OnEvery<Pod>((pod, first) -> {
            if (pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase())) {
                mark(isReady(pod) ? "agents ready" : "agent processes started");
            }
        }));
        cluster.client().nodes().inform(new OnEvery<Node>((node, first) -> {
            if (!first) {
                mark("nodes advertise");
            }
        }));
        cluster.nodes()
                .values()
                .forEach(node -> node.kubelet().onList((resource, devices, nanos) -> mark("kubelets have lists")));
    }

    private void mark(String step) {
        marks.put(step, System.nanoTime());
    }

    private static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    void print(long ready, Progress progress) {
        StringBuilder line = new StringBuilder();
        marks.entrySet().stream()
                .filter(mark -> mark.getValue() <= ready)
                .sorted(Map.Entry.comparingByValue())
                .forEach(mark -> line.append(mark.getKey())
                        .append(" +")
                        .append(millis(mark.getValue()))
                        .append(" ms, "));
        progress.say("applied -> Ready in %d ms: %sReady +%d ms", millis(ready), line, millis(ready));
    }

    private long millis(long nanos) {
        return (nanos - applied) / 1_000_000;
    }

    /** Hands on every object that is added (true) or changed (false). */
    private record OnEvery<T extends HasMetadata>(BiConsumer<T, Boolean> consumer) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            consumer.accept(object, true);
        }

        @Override
        public void onUpdate(T before, T object) {
            consumer.accept(object, false);
        }

        @Override
        public void onDelete(T object, boolean stateUnknown) {
            // Nothing that is waited for.
        }
    }
}
