package io.devicemgr.testkit.kubelet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Every order that a real kubelet leaves to chance, from one seed. */
final class RandomOrder {
    private final Random random;

    RandomOrder(long seed) {
        random = new Random(seed);
    }

    <T> List<T> shuffled(Collection<T> items) {
        List<T> copy = new ArrayList<>(items);
        Collections.shuffle(copy, random);
        return copy;
    }

    boolean coin() {
        return random.nextBoolean();
    }
}
