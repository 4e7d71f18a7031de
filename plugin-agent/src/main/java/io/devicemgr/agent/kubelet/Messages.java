package io.devicemgr.agent.kubelet;

import io.devicemgr.agent.allocation.Grant;
import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.DeviceSpec;
import io.devicemgr.proto.deviceplugin.v1beta1.Mount;

/** What a container gets, as the kubelet wants to hear it. */
final class Messages {
    private Messages() {}

    static ContainerAllocateResponse of(Grant grant) {
        ContainerAllocateResponse.Builder container =
                ContainerAllocateResponse.newBuilder().putAllEnvs(grant.env()).putAllAnnotations(grant.annotations());
        grant.nodes()
                .forEach(node -> container.addDevices(DeviceSpec.newBuilder()
                        .setHostPath(node.hostPath())
                        .setContainerPath(node.containerPath())
                        .setPermissions(node.permissions())));
        grant.cdiNames()
                .forEach(name -> container.addCdiDevices(CDIDevice.newBuilder().setName(name)));
        grant.mounts()
                .forEach(mount -> container.addMounts(Mount.newBuilder()
                        .setHostPath(mount.hostPath())
                        .setContainerPath(mount.containerPath())
                        .setReadOnly(mount.readOnly())));
        return container.build();
    }
}
