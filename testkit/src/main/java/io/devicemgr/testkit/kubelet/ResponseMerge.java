package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.testkit.kubelet.ContainerDevices.DeviceNode;
import io.devicemgr.testkit.kubelet.ContainerDevices.MountSpecification;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Merges the answers for the several resources of one container: the first one wins (rule 70). */
final class ResponseMerge {
    private final Map<String, Set<String>> ids = new HashMap<>();
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Map<String, MountSpecification> mounts = new LinkedHashMap<>();
    private final Map<String, DeviceNode> nodes = new LinkedHashMap<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private final Set<String> cdiNames = new LinkedHashSet<>();

    private ResponseMerge() {}

    static ContainerDevices merge(List<PodDevices.Share> shares) {
        ResponseMerge merge = new ResponseMerge();
        shares.forEach(merge::add);
        return new ContainerDevices(
                merge.ids,
                merge.env,
                List.copyOf(merge.mounts.values()),
                List.copyOf(merge.nodes.values()),
                merge.annotations,
                List.copyOf(merge.cdiNames));
    }

    private void add(PodDevices.Share share) {
        ContainerAllocateResponse response = share.response();
        ids.put(share.resource(), share.ids());
        response.getEnvsMap().forEach(env::putIfAbsent);
        response.getAnnotationsMap().forEach(annotations::putIfAbsent);
        response.getMountsList()
                .forEach(m -> mounts.putIfAbsent(
                        m.getContainerPath(),
                        new MountSpecification(m.getHostPath(), m.getContainerPath(), m.getReadOnly())));
        response.getDevicesList()
                .forEach(d -> nodes.putIfAbsent(
                        d.getContainerPath(),
                        new DeviceNode(d.getHostPath(), d.getContainerPath(), d.getPermissions())));
        response.getCdiDevicesList().stream().map(CDIDevice::getName).forEach(cdiNames::add);
    }
}
