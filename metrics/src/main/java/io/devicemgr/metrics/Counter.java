package io.devicemgr.metrics;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts events. */
public final class Counter extends KeptFamily<LongAdder> {
    Counter(String name, String help, List<String> labels) {
        super(name, help, labels);
    }

    /** Counts one event. */
    public void increment(String... values) {
        series(values).increment();
    }

    /** Lets the series be there with 0, so that the first event shows as an increase. */
    public void expect(String... values) {
        series(values);
    }

    @Override
    public String type() {
        return "counter";
    }

    @Override
    LongAdder fresh() {
        return new LongAdder();
    }

    @Override
    void write(TextFormat out) {
        forEach((values, count) -> out.sample(name(), labels(), values, count.sum()));
    }
}
