package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import java.util.List;

/**
 * A list as it came from a plugin.
 *
 * @param socket path of the plugin's socket, as in the {@link Call} that asked for the list
 * @param nanoTime {@link System#nanoTime()} of its arrival
 * @param number how many lists of the resource have been taken, this one included
 */
public record ReceivedList(String resource, String socket, List<Device> devices, long nanoTime, int number) {}
