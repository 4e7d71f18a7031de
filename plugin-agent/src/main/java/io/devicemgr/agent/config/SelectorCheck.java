package io.devicemgr.agent.config;

import io.devicemgr.api.v1alpha1.BundleSelector;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.PciSelector;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is wrong with a selector. The API server has checked the same, but the agent is root on its node and reads what the
 * selector names, so it does not rely on that.
 */
final class SelectorCheck {
    private static final Pattern HEX4 = Pattern.compile("[0-9a-fA-F]{4}");
    private static final Pattern CLASS = Pattern.compile("0x[0-9a-fA-F]{2,6}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.*?]{1,64}");
    private static final Pattern EXPOSED = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
    private static final Pattern SUBSYSTEM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9_]{1,64}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,63}");

    private final List<String> problems = new ArrayList<>();

    private SelectorCheck() {}

    /** The first thing that is wrong, beginning with the name of the field in the selector; nothing when all is well. */
    static Optional<String> problem(DeviceSelector selector) {
        SelectorCheck check = new SelectorCheck();
        check.check(selector);
        return check.problems.stream().findFirst();
    }

    private void check(DeviceSelector selector) {
        long given = Stream.of(selector.path(), selector.usb(), selector.pci(), selector.sysfs(), selector.bundle())
                .filter(Objects::nonNull)
                .count();
        require(given == 1, " must have exactly one of path, usb, pci, sysfs and bundle");
        if (given != 1) {
            return;
        }
        if (selector.path() != null) {
            checkGlob(".path.glob", selector.path().glob());
        } else if (selector.usb() != null) {
            check(selector.usb());
        } else if (selector.pci() != null) {
            check(selector.pci());
        } else if (selector.sysfs() != null) {
            check(selector.sysfs());
        } else {
            check(selector.bundle());
        }
    }

    private void check(UsbSelector usb) {
        require(usb.vendorId() != null || usb.serialNumber() != null, ".usb must have vendorId or serialNumber");
        require(usb.productId() == null || usb.vendorId() != null, ".usb.productId needs vendorId");
        require(HEX4, ".usb.vendorId", usb.vendorId());
        require(HEX4, ".usb.productId", usb.productId());
        usb.expose().forEach(name -> require(EXPOSED, ".usb.expose", name));
    }

    private void check(PciSelector pci) {
        boolean given = Stream.of(pci.vendorId(), pci.classCode(), pci.driver(), pci.address())
                .anyMatch(Objects::nonNull);
        require(given, ".pci must have vendorId, class, driver or address");
        require(pci.deviceId() == null || pci.vendorId() != null, ".pci.deviceId needs vendorId");
        require(HEX4, ".pci.vendorId", pci.vendorId());
        require(HEX4, ".pci.deviceId", pci.deviceId());
        require(CLASS, ".pci.class", pci.classCode());
        require(NAME, ".pci.driver", pci.driver());
        require(ADDRESS, ".pci.address", pci.address());
        pci.expose().forEach(name -> require(EXPOSED, ".pci.expose", name));
    }

    private void check(SysfsSelector sysfs) {
        require(sysfs.subsystem() != null, ".sysfs.subsystem is missing");
        require(SUBSYSTEM, ".sysfs.subsystem", sysfs.subsystem());
        sysfs.attributes().keySet().forEach(this::checkAttribute);
        sysfs.properties().keySet().forEach(name -> require(PROPERTY, ".sysfs.properties", name));
    }

    private void check(BundleSelector bundle) {
        require(!bundle.globs().isEmpty(), ".bundle.globs is empty");
        bundle.globs().forEach(glob -> checkGlob(".bundle.globs", glob));
        bundle.optionalGlobs().forEach(glob -> checkGlob(".bundle.optionalGlobs", glob));
    }

    private void checkGlob(String field, String glob) {
        try {
            Glob.of(glob == null ? "" : glob);
        } catch (IllegalArgumentException e) {
            problems.add(field + ": " + e.getMessage());
        }
    }

    private void checkAttribute(String path) {
        boolean relative = !path.isEmpty()
                && SettingsCheck.isPath(path)
                && Stream.of(path.split("/", -1))
                        .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
        require(relative, ".sysfs.attributes: '" + path + "' is not a path below the device's directory");
    }

    private void require(Pattern pattern, String field, String value) {
        require(
                value == null || pattern.matcher(value).matches(),
                field + ": '" + value + "' does not match " + pattern.pattern());
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
