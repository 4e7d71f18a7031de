package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.List;

/** A list as it came from a plugin, with {@link System#nanoTime()} of its arrival and its number, from 1 on. */
public record ReceivedList(String resource, List<Device> devices, long nanoTime, int number) {}
