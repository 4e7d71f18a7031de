package io.devicemgr.metrics;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Values as they are at the moment of the reading; somebody else may have counted them. */
public final class Gauge extends Family {
    private final String type;
    private final Supplier<Stream<Sample>> now;

    /** A value with the values of its labels. */
    public record Sample(double value, List<String> labels) {
        public static Sample of(double value, String... labels) {
            return new Sample(value, List.of(labels));
        }

        /** 1 when it holds, 0 when it does not. */
        public static Sample of(boolean holds, String... labels) {
            return new Sample(holds ? 1 : 0, List.of(labels));
        }
    }

    Gauge(String name, String help, String type, List<String> labels, Supplier<Stream<Sample>> now) {
        super(name, help, labels);
        this.type = type;
        this.now = now;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    void write(TextFormat out) {
        now.get().forEach(sample -> out.sample(name(), labels(), sample.labels(), sample.value()));
    }
}
