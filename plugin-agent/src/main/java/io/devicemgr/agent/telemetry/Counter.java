package io.devicemgr.agent.telemetry;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts events. */
public final class Counter extends Family {
    private final Map<List<String>, LongAdder> series = new ConcurrentSkipListMap<>(SeriesOrder.INSTANCE);

    Counter(String name, String help, List<String> labels) {
        super(name, help, labels);
    }

    /** Counts one event. */
    public void increment(String... values) {
        adder(values).increment();
    }

    /** Lets the series be there with 0, so that the first event shows as an increase. */
    public void expect(String... values) {
        adder(values);
    }

    @Override
    public String type() {
        return "counter";
    }

    @Override
    void retain(String label, List<String> wanted) {
        int index = labels().indexOf(label);
        series.keySet().removeIf(values -> index >= 0 && !wanted.contains(values.get(index)));
    }

    @Override
    void write(TextFormat out) {
        series.forEach((values, count) -> out.sample(name(), labels(), values, count.sum()));
    }

    private LongAdder adder(String... values) {
        return series.computeIfAbsent(checked(values), key -> new LongAdder());
    }
}
