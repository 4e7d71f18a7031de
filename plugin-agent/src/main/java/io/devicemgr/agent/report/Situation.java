package io.devicemgr.agent.report;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Holder;
import io.devicemgr.agent.device.Inventory;
import java.util.List;
import java.util.function.Function;

/**
 * Everything that the agent knows at one moment.
 *
 * @param holders who holds a device
 * @param kubeletPresent whether kubelet.sock is there
 * @param inotify whether changes are noticed at once
 * @param settingsError why changed settings were refused, and who must change what; null when they were not
 */
public record Situation(
        Inventory inventory,
        List<ResourceState> resources,
        Function<Device, List<Holder>> holders,
        boolean kubeletPresent,
        boolean inotify,
        String settingsError) {}
