package io.devicemgr.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/** A family that keeps one thing for each combination of label values that it has met. */
abstract sealed class KeptFamily<S> extends Family permits Counter, Histogram {
    private final Map<List<String>, S> series = new ConcurrentSkipListMap<>(SeriesOrder.INSTANCE);

    KeptFamily(String name, String help, List<String> labels) {
        super(name, help, labels);
    }

    /** What a new series starts with. */
    abstract S fresh();

    /** What is kept for these label values; made when they are new. */
    final S series(String... values) {
        return series.computeIfAbsent(checked(values), key -> fresh());
    }

    final void forEach(BiConsumer<List<String>, S> action) {
        series.forEach(action);
    }

    @Override
    final void retain(String label, List<String> wanted) {
        int index = labels().indexOf(label);
        series.keySet().removeIf(values -> index >= 0 && !wanted.contains(values.get(index)));
    }
}
