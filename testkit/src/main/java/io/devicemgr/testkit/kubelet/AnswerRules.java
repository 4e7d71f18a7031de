package io.devicemgr.testkit.kubelet;

import io.devicemgr.proto.deviceplugin.v1beta1.AllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.CDIDevice;
import io.devicemgr.proto.deviceplugin.v1beta1.ContainerAllocateResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.DeviceSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What a plugin must not do in its answers to Allocate. */
final class AnswerRules {
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Pattern PERMISSIONS = Pattern.compile("[rwm]{1,3}");

    /** {@code vendor/class=name} as the CDI specification has it. */
    private static final Pattern CDI_NAME = Pattern.compile(
            "[A-Za-z][A-Za-z0-9_.-]*[A-Za-z0-9]/[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?=[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    private final ViolationLog violations;

    AnswerRules(ViolationLog violations) {
        this.violations = violations;
    }

    void check(String resource, List<String> ids, AllocateResponse response, long nanos) {
        int count = response.getContainerResponsesCount();
        if (count != 1) {
            violations.add(
                    ViolationKind.ALLOCATE_RESPONSE_COUNT, resource, count + " responses for one container request");
        }
        if (nanos > SLOW_NANOS) {
            violations.add(
                    ViolationKind.SLOW_ALLOCATE,
                    resource,
                    "Allocate of " + ids + " took " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
        }
        for (ContainerAllocateResponse container : response.getContainerResponsesList()) {
            container.getDevicesList().forEach(device -> checkPermissions(resource, device));
            container.getCdiDevicesList().forEach(device -> checkName(resource, device));
        }
    }

    private void checkPermissions(String resource, DeviceSpec device) {
        String permissions = device.getPermissions();
        if (permissions.isEmpty()) {
            violations.add(ViolationKind.NO_PERMISSIONS, resource, device.getContainerPath() + " has no permissions");
        } else if (!PERMISSIONS.matcher(permissions).matches()) {
            violations.add(
                    ViolationKind.WRONG_PERMISSIONS,
                    resource,
                    device.getContainerPath() + " has permissions \"" + permissions + "\"");
        }
    }

    private void checkName(String resource, CDIDevice device) {
        if (!CDI_NAME.matcher(device.getName()).matches()) {
            violations.add(
                    ViolationKind.WRONG_CDI_NAME, resource, "\"" + device.getName() + "\" is not vendor/class=name");
        }
    }
}
