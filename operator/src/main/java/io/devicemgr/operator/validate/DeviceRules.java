package io.devicemgr.operator.validate;

import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.HostMount;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One resource: what an agent could not honour, and would refuse at its start. */
final class DeviceRules {
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9_]{1,64}");

    private final Complaints complaints;
    private final DeviceResource resource;
    private final String field;

    DeviceRules(Complaints complaints, DeviceResource resource) {
        this.complaints = complaints;
        this.resource = resource;
        this.field = "resources[" + resource.name() + "]";
    }

    void check() {
        for (int i = 0; i < resource.discover().size(); i++) {
            selector(field + ".discover[" + i + "]", resource.discover().get(i));
        }
        allocate(field + ".allocate", resource.allocate());
        reset(resource.prepare().reset());
    }

    private void selector(String here, DeviceSelector selector) {
        if (selector.path() != null) {
            glob(here + ".path.glob", selector.path().glob());
        }
        if (selector.bundle() != null) {
            selector.bundle().globs().forEach(glob -> glob(here + ".bundle.globs", glob));
            selector.bundle().optionalGlobs().forEach(glob -> glob(here + ".bundle.optionalGlobs", glob));
        }
        if (selector.sysfs() != null) {
            sysfs(here + ".sysfs", selector.sysfs());
        }
    }

    private void glob(String here, String glob) {
        GlobRules.problem(glob).ifPresent(problem -> complaints.refuse(here, "'" + glob + "' " + problem));
    }

    private void sysfs(String here, SysfsSelector sysfs) {
        for (String path : sysfs.attributes().keySet()) {
            if (Stream.of(path.split("/", -1))
                    .anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."))) {
                complaints.refuse(
                        here + ".attributes",
                        "'" + path
                                + "' is not a path below the device's directory in sysfs; write it without '.', '..' and"
                                + " '/' at its ends, for example device/vendor");
            }
        }
        for (String name : sysfs.properties().keySet()) {
            if (!PROPERTY.matcher(name).matches()) {
                complaints.refuse(
                        here + ".properties",
                        "'" + name
                                + "' is not the name of a property; write letters, digits and '_', for example DRIVER");
            }
        }
    }

    private void allocate(String here, Allocation allocate) {
        String path = allocate.containerPath();
        if (path.replaceFirst("%d", "").contains("%")) {
            complaints.refuse(here + ".containerPath", "'" + path + "' may contain %d once and no other %");
        }
        if (allocate.cdi().enabled() && path.contains("%d")) {
            complaints.refuse(
                    here + ".containerPath",
                    "'" + path + "' has %d, but a CDI specification names the nodes of a device once and"
                            + " for all containers; leave %d out and let containers ask for one device, or leave cdi out");
        }
        for (String name : allocate.env().keySet()) {
            if (name.isEmpty() || name.indexOf('=') >= 0) {
                complaints.refuse(
                        here + ".env",
                        "'" + name + "' is not the name of a variable; write one without '=', for example PORTS");
            }
        }
        complaints.unique(here + ".mounts", allocate.mounts(), HostMount::containerPath, Set.of());
    }

    /** A device that cannot be reset would never start a container. */
    private void reset(Reset reset) {
        String here = field + ".prepare.reset";
        if (reset == Reset.None) {
            return;
        }
        if (resource.discover().stream().anyMatch(selector -> selector.bundle() != null)) {
            complaints.refuse(
                    here,
                    reset
                            + " cannot be done to a bundle of nodes; leave it out, or discover the devices by pci or usb");
        }
        if (reset == Reset.PCIFunctionReset
                && resource.discover().stream().anyMatch(selector -> selector.usb() != null)) {
            complaints.refuse(
                    here,
                    reset + " cannot be done to USB devices; write USBReset, or give them a resource of their own");
        } else if (reset == Reset.USBReset
                && resource.discover().stream().anyMatch(selector -> selector.pci() != null)) {
            complaints.refuse(
                    here,
                    reset
                            + " cannot be done to PCI functions; write PCIFunctionReset, or give them a resource of their own");
        }
    }
}
