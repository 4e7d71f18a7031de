package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.testkit.cluster.DeviceTree;
import io.devicemgr.testkit.cluster.SimulatedNode;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Devices for simulated nodes that a deployment's selectors will find: two for each glob, as long as there are any. */
final class DevicePlan {
    private static final int EACH = 2;

    private DevicePlan() {}

    static void plug(SimulatedNode node, List<DevicePluginDeployment> deployments) {
        Iterator<Path> machine = DeviceTree.machineDevices().iterator();
        for (String path : paths(deployments)) {
            if (machine.hasNext()) {
                node.devices().plug(path, machine.next());
            }
        }
    }

    private static Set<String> paths(List<DevicePluginDeployment> deployments) {
        Set<String> paths = new LinkedHashSet<>();
        // Number by number, so that the first of every selector is there even when devices run out.
        for (int number = 0; number < EACH; number++) {
            for (DevicePluginDeployment deployment : deployments) {
                for (DeviceResource resource : deployment.getSpec().resources()) {
                    for (DeviceSelector selector : resource.discover()) {
                        if (selector.path() != null) {
                            paths.add(GlobSample.of(selector.path().glob(), number));
                        }
                    }
                }
            }
        }
        return paths;
    }
}
