package io.devicemgr.metrics;

import java.util.List;
import java.util.Objects;

/** All series of one name, as they are written together. */
public abstract sealed class Family permits KeptFamily, Gauge {
    private final String name;
    private final String help;
    private final List<String> labels;

    Family(String name, String help, List<String> labels) {
        this.name = Objects.requireNonNull(name);
        this.help = Objects.requireNonNull(help);
        this.labels = List.copyOf(labels);
    }

    public String name() {
        return name;
    }

    /** One sentence on what is measured. */
    public String help() {
        return help;
    }

    /** Names of the labels, in order. */
    public List<String> labels() {
        return labels;
    }

    /** The word of the TYPE line. */
    public abstract String type();

    /** Drops all series whose label has a value that is no longer wanted; a family that keeps none has nothing to drop. */
    void retain(String label, List<String> wanted) {}

    abstract void write(TextFormat out);

    List<String> checked(String... values) {
        if (values.length != labels.size()) {
            throw new IllegalArgumentException(name + " has the labels " + labels);
        }
        return List.of(values);
    }
}
