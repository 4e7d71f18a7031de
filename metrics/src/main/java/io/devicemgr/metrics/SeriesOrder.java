package io.devicemgr.metrics;

import java.util.Comparator;
import java.util.List;

/** Series of one family in the order of their label values, so that two readings have the same order. */
enum SeriesOrder implements Comparator<List<String>> {
    INSTANCE;

    @Override
    public int compare(List<String> one, List<String> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
