package io.devicemgr.testkit.kubelet;

import io.devicemgr.testkit.kubelet.TopologyHints.Hint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The topology manager's half of NUMA alignment: one best placement out of the hints of all resources, and the verdict. */
final class TopologyMerge {
    private final TopologyPolicy policy;
    private final NumaMask machine;

    TopologyMerge(TopologyPolicy policy, List<Integer> numaNodes) {
        this.policy = policy;
        this.machine = NumaMask.of(numaNodes);
    }

    /** The placement, without a mask when alignment does not matter. */
    Hint best(List<List<Hint>> hintsOfResources) {
        List<List<Hint>> usable = policy == TopologyPolicy.SINGLE_NUMA_NODE
                ? hintsOfResources.stream().map(TopologyMerge::singleNode).toList()
                : hintsOfResources;
        int usualCount = largestOfSmallest(usable);
        Hint best = null;
        for (List<Hint> combination : combinations(usable)) {
            Hint candidate = merged(combination);
            if (candidate.mask().orElseThrow().count() > 0) {
                best = best == null ? candidate : better(best, candidate, usualCount);
            }
        }
        Hint found = best == null ? new Hint(Optional.of(machine), false) : best;
        return found.mask().equals(Optional.of(machine)) && policy == TopologyPolicy.SINGLE_NUMA_NODE
                ? new Hint(Optional.empty(), found.preferred())
                : found;
    }

    boolean admits(Hint best) {
        return switch (policy) {
            case NONE, BEST_EFFORT -> true;
            case RESTRICTED, SINGLE_NUMA_NODE -> best.preferred();
        };
    }

    private static List<Hint> singleNode(List<Hint> hints) {
        return hints.stream()
                .filter(Hint::preferred)
                .filter(h -> h.mask().map(m -> m.count() == 1).orElse(true))
                .toList();
    }

    private Hint merged(List<Hint> combination) {
        boolean preferred = combination.stream().allMatch(Hint::preferred);
        List<NumaMask> masks =
                combination.stream().flatMap(h -> h.mask().stream()).toList();
        boolean equal = masks.stream().distinct().count() <= 1;
        return new Hint(Optional.of(masks.stream().reduce(machine, NumaMask::and)), preferred && equal);
    }

    private static Hint better(Hint current, Hint candidate, int usualCount) {
        if (current.preferred() != candidate.preferred()) {
            return candidate.preferred() ? candidate : current;
        }
        NumaMask now = current.mask().orElseThrow();
        NumaMask next = candidate.mask().orElseThrow();
        boolean replace = current.preferred() ? next.narrowerThan(now) : betterOfUnpreferred(now, next, usualCount);
        return replace ? candidate : current;
    }

    /** Among placements that nobody prefers, the one whose size is nearest to what the largest resource needs. */
    private static boolean betterOfUnpreferred(NumaMask now, NumaMask next, int usualCount) {
        if (now.count() > usualCount) {
            return next.narrowerThan(now);
        }
        if (now.count() == usualCount || next.count() > usualCount) {
            return next.count() == now.count() && next.narrowerThan(now);
        }
        return next.count() == now.count() ? next.narrowerThan(now) : next.count() > now.count();
    }

    private static int largestOfSmallest(List<List<Hint>> hintsOfResources) {
        return hintsOfResources.stream()
                .mapToInt(hints -> hints.stream()
                        .flatMap(h -> h.mask().stream())
                        .mapToInt(NumaMask::count)
                        .min()
                        .orElse(0))
                .max()
                .orElse(0);
    }

    private static List<List<Hint>> combinations(List<List<Hint>> hintsOfResources) {
        List<List<Hint>> combinations = List.of(List.of());
        for (List<Hint> hints : hintsOfResources) {
            List<List<Hint>> longer = new ArrayList<>();
            for (List<Hint> begun : combinations) {
                for (Hint hint : hints) {
                    List<Hint> next = new ArrayList<>(begun);
                    next.add(hint);
                    longer.add(next);
                }
            }
            combinations = longer;
        }
        return combinations;
    }
}
