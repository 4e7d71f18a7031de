package io.devicemgr.testkit.trouble;

import java.util.List;
import java.util.stream.Stream;

/** All troubles, in the order of the page. */
public final class Troubles {
    /** The one that begins before an operator is started. */
    public static final String WITHOUT_OPERATOR = "operator-down";

    private Troubles() {}

    /** All of them. */
    public static List<Trouble> all() {
        return Stream.of(
                        DeviceTroubles.all(),
                        AgentTroubles.all(),
                        KubeletTroubles.all(),
                        PoolTroubles.all(),
                        OperatorTroubles.all(),
                        PodTroubles.all())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * The trouble of that name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static Trouble named(String name) {
        return all().stream()
                .filter(trouble -> trouble.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trouble is called '" + name + "'; there are "
                        + String.join(", ", all().stream().map(Trouble::name).toList())));
    }
}
