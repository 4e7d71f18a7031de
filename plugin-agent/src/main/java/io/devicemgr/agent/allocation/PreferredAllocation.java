package io.devicemgr.agent.allocation;

import io.devicemgr.agent.device.Device;
import io.devicemgr.api.v1alpha1.Allocation.Preference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of the available ids a container had best get. In this order: as many different devices as possible, those that are
 * shared least, and then by NUMA node as the preference says. Pure: the same sets of ids give the same answer.
 */
final class PreferredAllocation {
    private final DeviceTable table;
    private final Replicas replicas;
    private final Preference preference;
    private final Map<String, Candidate> candidates = new TreeMap<>();
    private final Set<String> chosen = new LinkedHashSet<>();
    private final Map<Integer, Integer> chosenByNode = new HashMap<>();

    private PreferredAllocation(
            DeviceTable table, Replicas replicas, Preference preference, Collection<String> available) {
        this.table = table;
        this.replicas = replicas;
        this.preference = preference;
        for (String id : new HashSet<>(available)) {
            candidates.computeIfAbsent(device(id), this::candidate).ids.add(id);
        }
        Comparator<String> byNumber =
                Comparator.comparingInt(Replicas::number).thenComparing(Comparator.naturalOrder());
        candidates.values().forEach(candidate -> candidate.ids.sort(byNumber));
    }

    /**
     * Chooses ids.
     *
     * @param available ids to choose from, in any order, without duplicates
     * @param required ids that must be among them (contract rule 72c)
     * @param size how many are wanted, the required ones included
     * @return {@code size} ids, or all when there are fewer (rule 72d)
     */
    static List<String> choose(
            DeviceTable table,
            Replicas replicas,
            Preference preference,
            Collection<String> available,
            Collection<String> required,
            int size) {
        PreferredAllocation allocation = new PreferredAllocation(table, replicas, preference, available);
        allocation.candidates.values().forEach(candidate -> candidate.used = replicas.count() - candidate.ids.size());
        required.stream().sorted().forEach(allocation::take);
        while (allocation.chosen.size() < size && allocation.takeSome(size - allocation.chosen.size())) {
            continue;
        }
        return List.copyOf(allocation.chosen);
    }

    /** Takes one id of each of the best devices: healthy ones that the container has not got yet, and that are shared least. */
    private boolean takeSome(int most) {
        Comparator<Candidate> order = Comparator.<Candidate>comparingInt(candidate -> candidate.standing)
                .thenComparingInt(candidate -> candidate.taken)
                .thenComparingInt(candidate -> candidate.used);
        Optional<Candidate> best = candidates.values().stream()
                .filter(candidate -> !candidate.ids.isEmpty())
                .min(order);
        if (best.isEmpty()) {
            return false;
        }
        List<Candidate> equals = candidates.values().stream()
                .filter(candidate -> !candidate.ids.isEmpty() && order.compare(candidate, best.get()) == 0)
                .toList();
        byNode(equals, Math.min(most, equals.size())).forEach(candidate -> take(candidate.ids.get(0)));
        return true;
    }

    private List<Candidate> byNode(List<Candidate> equals, int count) {
        Map<Integer, List<Candidate>> nodes = new TreeMap<>();
        equals.forEach(candidate ->
                nodes.computeIfAbsent(candidate.node, node -> new ArrayList<>()).add(candidate));
        return switch (preference) {
            case NUMAPacked -> packed(nodes, count);
            case Spread -> spread(nodes, count);
            case None -> equals.subList(0, count);
        };
    }

    /** From nodes that the container uses already; then from the smallest that has enough, or else the largest, and so on. */
    private List<Candidate> packed(Map<Integer, List<Candidate>> nodes, int count) {
        List<Candidate> packed = new ArrayList<>();
        nodes.entrySet().stream()
                .filter(node -> chosenByNode.containsKey(node.getKey()))
                .sorted(Comparator.comparing(node -> -node.getValue().size()))
                .forEach(node -> packed.addAll(node.getValue()));
        nodes.keySet().removeAll(chosenByNode.keySet());
        while (packed.size() < count) {
            int missing = count - packed.size();
            Comparator<Map.Entry<Integer, List<Candidate>>> bySize =
                    Comparator.comparing(node -> node.getValue().size());
            int node = nodes.entrySet().stream()
                    .filter(entry -> entry.getValue().size() >= missing)
                    .min(bySize)
                    .orElseGet(() ->
                            nodes.entrySet().stream().min(bySize.reversed()).orElseThrow())
                    .getKey();
            packed.addAll(nodes.remove(node));
        }
        return packed.subList(0, count);
    }

    /** One after the other from the node that the container has the fewest of. */
    private List<Candidate> spread(Map<Integer, List<Candidate>> nodes, int count) {
        Map<Integer, Integer> load = new HashMap<>(chosenByNode);
        List<Candidate> spread = new ArrayList<>();
        while (spread.size() < count) {
            var node = nodes.entrySet().stream()
                    .min(Comparator.comparing(entry -> load.getOrDefault(entry.getKey(), 0)))
                    .orElseThrow();
            spread.add(node.getValue().remove(0));
            load.merge(node.getKey(), 1, Integer::sum);
            if (node.getValue().isEmpty()) {
                nodes.remove(node.getKey());
            }
        }
        return spread;
    }

    private void take(String id) {
        Candidate candidate = candidates.get(device(id));
        if (candidate != null && candidate.ids.remove(id)) {
            chosen.add(id);
            candidate.taken++;
            chosenByNode.merge(candidate.node, 1, Integer::sum);
        }
    }

    private String device(String id) {
        return replicas.deviceOf(id).orElse(id);
    }

    private Candidate candidate(String device) {
        return table.find(device)
                .map(PreferredAllocation::known)
                .orElseGet(() -> new Candidate(device, Candidate.UNKNOWN_NODE, Candidate.UNKNOWN));
    }

    private static Candidate known(Device device) {
        Integer node = device.hardware().numaNode();
        return new Candidate(
                device.id().value(),
                node == null ? Candidate.UNKNOWN_NODE : node,
                device.health().isHealthy() ? Candidate.GOOD : Candidate.UNHEALTHY);
    }

    /** A device with the ids of it that are still to be had. */
    private static final class Candidate {
        /** After all real nodes. */
        static final int UNKNOWN_NODE = Integer.MAX_VALUE;

        static final int GOOD = 0;
        static final int UNHEALTHY = 1;

        /** Not in the newest list any more: the kubelet may ask from an older one (contract rule 62). */
        static final int UNKNOWN = 2;

        final String device;
        final int node;
        final int standing;
        final List<String> ids = new ArrayList<>();
        int used;
        int taken;

        Candidate(String device, int node, int standing) {
            this.device = device;
            this.node = node;
            this.standing = standing;
        }
    }
}
