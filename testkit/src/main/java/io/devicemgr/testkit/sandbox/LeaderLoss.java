package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.OperatorProcess;
import io.devicemgr.testkit.cluster.SimulatedCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Changes the deployment and kills the leading operator when it replaces the first agent: another one is to end the rollout. */
final class LeaderLoss {
    private final SimulatedCluster cluster;
    private final List<OperatorProcess> operators;
    private final Progress progress;
    private final Duration limit;

    LeaderLoss(SimulatedCluster cluster, List<OperatorProcess> operators, Progress progress, Duration limit) {
        this.cluster = cluster;
        this.operators = operators;
        this.progress = progress;
        this.limit = limit;
    }

    /** Whether every agent was replaced, and none twice. */
    boolean observe(DeploymentWatch watch) {
        String name = watch.latest().orElseThrow().getMetadata().getName();
        String revision = watch.latest().orElseThrow().getStatus().rollout().revision();
        OperatorProcess leader = leader();
        AtomicLong killed = new AtomicLong();
        List<String> replaced = new CopyOnWriteArrayList<>();
        cluster.apiServer().onRequest(request -> {
            if (replaces(request)) {
                leader.kill();
                killed.compareAndSet(0, System.nanoTime());
                replaced.add(request.name());
            }
        });
        progress.say("new log level for the agents; %s, which leads, is to be killed at the first one", leader.name());
        cluster.apiServer().objects().update("deviceplugindeployments.devicemgr.io", "", name, deployment -> {
            deployment.withObject("/spec/rollout").put("strategy", "AllAtOnce");
            deployment.withObject("/spec/agent").put("logLevel", "debug");
            return deployment;
        });
        Optional<Long> ready = watch.await(
                d -> Statuses.isTrue(d, ConditionType.Ready)
                        && !d.getStatus().rollout().revision().equals(revision),
                limit);
        if (ready.isEmpty()) {
            progress.say("the rollout was not ended by another operator");
            return false;
        }
        progress.say(
                "%s killed -> rollout ended by %s: %.1f s",
                leader.name(), cluster.leader().orElse("nobody"), (ready.get() - killed.get()) / 1e9);
        progress.say("agents replaced: %s", String.join(" ", replaced));
        return replaced.size() == cluster.nodes().size()
                && replaced.stream().distinct().count() == replaced.size();
    }

    private OperatorProcess leader() {
        String name = cluster.leader().orElseThrow();
        return operators.stream()
                .filter(operator -> operator.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static boolean replaces(RequestInfo request) {
        return request.user().equals(SimulatedCluster.OPERATOR_USER)
                && request.verb().equals("delete")
                && request.resource().equals("pods");
    }
}
