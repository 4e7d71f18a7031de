package io.devicemgr.testkit.trouble;

import java.io.IOException;
import java.util.List;

/**
 * Something that an administrator meets.
 *
 * @param name in lower case with dashes; its deployment, nodes and pods are called so
 * @param what it is, in half a sentence
 * @param looks what one looks at, in this order
 * @param begin brings it about, and waits until it shows
 * @param end what the administrator does about it; waits until all is well
 */
public record Trouble(String name, String what, List<Look> looks, Step begin, Step end) {
    public Trouble {
        looks = List.copyOf(looks);
    }

    /** What is done to the cluster. */
    @FunctionalInterface
    public interface Step {
        /** Does it. */
        void run(Stage stage) throws IOException;
    }

    static Trouble of(String name, String what, Step begin, Step end) {
        return new Trouble(name, what, List.of(Look.get(name), Look.describe(name)), begin, end);
    }

    Trouble looking(Look... instead) {
        return new Trouble(name, what, List.of(instead), begin, end);
    }
}
