package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.List;

/** Hears of every list at its arrival, on the stream's thread, before the Device Manager has worked on it. */
@FunctionalInterface
public interface ListListener {
    /** The time is {@link System#nanoTime()}. */
    void onList(String resource, List<Device> devices, long nanoTime);
}
