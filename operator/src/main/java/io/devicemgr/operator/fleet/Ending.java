package io.devicemgr.operator.fleet;

import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How far the agents of a deployment that is being deleted have come to their end.
 *
 * @param agents nodes that have, or should have had, an agent
 * @param waiting agents that are still there and may yet end in good order
 * @param left agents that have had their time: their node is dead, or its kubelet does not answer
 */
public record Ending(int agents, List<Agent> waiting, List<Agent> left) {
    /** How long after the end of its grace time an agent is waited for. With the grace time this is less than a minute. */
    public static final Duration PATIENCE = Duration.ofSeconds(45);

    /** An agent that is still there. */
    public record Agent(AgentPod pod, boolean nodeReady) {
        /** The node, and what is wrong with it. */
        public String words() {
            return pod.node() + (nodeReady ? "" : " (node not ready)");
        }
    }

    /**
     * Looks at what is left.
     *
     * @param nodes all nodes
     * @param selected names of the nodes that the placement selects
     * @param pods the deployment's agents
     */
    public static Ending of(
            Collection<Node> nodes, Collection<String> selected, Collection<AgentPod> pods, Instant now) {
        Map<String, Boolean> ready = new HashMap<>();
        nodes.forEach(node -> ready.put(node.getMetadata().getName(), NodeView.isReady(node)));
        List<Agent> there = pods.stream()
                .filter(pod -> !pod.ended())
                .map(pod -> new Agent(pod, ready.getOrDefault(pod.node(), false)))
                .sorted(Comparator.comparing((Agent agent) -> agent.pod().node())
                        .thenComparing(agent -> agent.pod().name()))
                .toList();
        TreeSet<String> agents = new TreeSet<>(selected);
        there.forEach(agent -> agents.add(agent.pod().node()));
        return new Ending(
                agents.size(),
                there.stream().filter(agent -> !agent.pod().overdue(now)).toList(),
                there.stream().filter(agent -> agent.pod().overdue(now)).toList());
    }

    /** Whether nothing more is waited for. */
    public boolean complete() {
        return waiting.isEmpty();
    }

    /** Agents that nobody has told to end yet. */
    public List<AgentPod> untold() {
        return waiting.stream()
                .map(Agent::pod)
                .filter(pod -> !pod.terminating())
                .toList();
    }

    /** What is waited for, in words that do not change by themselves. */
    public String message() {
        int there = waiting.size() + left.size();
        return "waiting for the agents on "
                + Wording.firstOf(Stream.concat(waiting.stream(), left.stream())
                        .map(Agent::words)
                        .toList())
                + "; " + (agents - Math.min(agents, there)) + "/" + agents + " gone";
    }
}
