package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import java.util.ArrayList;
import java.util.List;

/** A set of NUMA nodes 0 to 63. */
record NumaMask(long bits) {
    static NumaMask of(List<Integer> nodes) {
        long bits = 0;
        for (int node : nodes) {
            bits |= 1L << node;
        }
        return new NumaMask(bits);
    }

    /** Every non-empty subset of these nodes. */
    static List<NumaMask> subsets(List<Integer> nodes) {
        List<NumaMask> masks = new ArrayList<>();
        for (int choice = 1; choice < 1 << nodes.size(); choice++) {
            long bits = 0;
            for (int i = 0; i < nodes.size(); i++) {
                bits |= (choice & 1 << i) == 0 ? 0 : 1L << nodes.get(i);
            }
            masks.add(new NumaMask(bits));
        }
        return masks;
    }

    NumaMask and(NumaMask other) {
        return new NumaMask(bits & other.bits);
    }

    int count() {
        return Long.bitCount(bits);
    }

    /** Fewer nodes, or as many but lower ones. */
    boolean narrowerThan(NumaMask other) {
        return count() == other.count() ? Long.compareUnsigned(bits, other.bits) < 0 : count() < other.count();
    }

    /** True when the device is on one of these nodes; ids outside 0 to 63 match nothing (rule 55). */
    boolean touches(Device device) {
        return device.getTopology().getNodesList().stream()
                .map(NUMANode::getID)
                .anyMatch(node -> node >= 0 && node < Long.SIZE && (bits & 1L << node) != 0);
    }
}
