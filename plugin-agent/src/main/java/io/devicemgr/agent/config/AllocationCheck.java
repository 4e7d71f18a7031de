package io.devicemgr.agent.config;

import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import java.util.regex.Pattern;

/** Refuses sharing, allocation and preparation that this agent cannot honour. */
final class AllocationCheck {
    /** Device ids leave room for a suffix with three digits. */
    private static final int MAX_REPLICAS = 1000;

    private static final Pattern PERMISSIONS = Pattern.compile("r?w?m?");

    private AllocationCheck() {}

    /** @param field name of the resource's entry in the spec */
    static void check(String field, DeviceResource resource) throws ConfigurationException {
        int replicas = resource.sharing().replicas();
        SettingsCheck.require(
                replicas >= 1 && replicas <= MAX_REPLICAS,
                field + ".sharing.replicas",
                "is " + replicas + ", which is not 1 to " + MAX_REPLICAS);
        allocate(field + ".allocate", resource.allocate());
        prepare(field + ".prepare", resource);
    }

    private static void allocate(String field, Allocation allocation) throws ConfigurationException {
        String permissions = allocation.permissions();
        SettingsCheck.require(
                !permissions.isEmpty() && PERMISSIONS.matcher(permissions).matches(),
                field + ".permissions",
                "'" + permissions + "' is not some of r, w and m in this order");
        SettingsCheck.require(
                !(allocation.cdi().enabled() && allocation.containerPath().contains("%d")),
                field + ".containerPath",
                "has %d, which cannot be used with cdi: a CDI specification names the nodes of a device once and for all"
                        + " containers");
    }

    private static void prepare(String field, DeviceResource resource) throws ConfigurationException {
        Preparation prepare = resource.prepare();
        SettingsCheck.require(
                prepare.command().isEmpty() || prepare.command().get(0).startsWith("/"),
                field + ".command",
                "does not begin with the absolute path of a program");
        SettingsCheck.require(
                !prepare.isNeeded() || resource.sharing().replicas() == 1,
                field,
                "needs a device that one container has for itself, but sharing.replicas is "
                        + resource.sharing().replicas());
        boolean usb = resource.discover().stream().anyMatch(selector -> selector.usb() != null);
        boolean pci = resource.discover().stream().anyMatch(selector -> selector.pci() != null);
        boolean bundle = resource.discover().stream().anyMatch(selector -> selector.bundle() != null);
        SettingsCheck.require(
                prepare.reset() == Reset.None || !bundle,
                field + ".reset",
                "is " + prepare.reset() + ", which cannot be done to a bundle of nodes");
        SettingsCheck.require(
                !(prepare.reset() == Reset.PCIFunctionReset && usb),
                field + ".reset",
                "is PCIFunctionReset, which cannot be done to USB devices");
        SettingsCheck.require(
                !(prepare.reset() == Reset.USBReset && pci),
                field + ".reset",
                "is USBReset, which cannot be done to PCI functions");
    }
}
