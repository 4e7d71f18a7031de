package io.devicemgr.agent.discovery;

import io.devicemgr.api.v1alpha1.BundleSelector;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.PciSelector;
import io.devicemgr.api.v1alpha1.SysfsSelector;
import io.devicemgr.api.v1alpha1.UsbSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A selector as its user would write it, in one line. */
final class SelectorText {
    private final List<String> fields = new ArrayList<>();

    private SelectorText() {}

    static String of(DeviceSelector selector) {
        if (selector.usb() != null) {
            return "usb: " + of(selector.usb());
        }
        if (selector.pci() != null) {
            return "pci: " + of(selector.pci());
        }
        if (selector.sysfs() != null) {
            return "sysfs: " + of(selector.sysfs());
        }
        if (selector.bundle() != null) {
            return "bundle: " + of(selector.bundle());
        }
        return "path: " + new SelectorText().text("glob", selector.path().glob());
    }

    private static SelectorText of(UsbSelector usb) {
        boolean byDefault = usb.expose().equals(List.of("usb"));
        return new SelectorText()
                .text("vendorId", usb.vendorId())
                .text("productId", usb.productId())
                .text("serialNumber", usb.serialNumber())
                .names("expose", byDefault ? List.of() : usb.expose());
    }

    private static SelectorText of(PciSelector pci) {
        return new SelectorText()
                .text("vendorId", pci.vendorId())
                .text("deviceId", pci.deviceId())
                .text("class", pci.classCode())
                .text("driver", pci.driver())
                .text("address", pci.address())
                .names("expose", pci.expose());
    }

    private static SelectorText of(SysfsSelector sysfs) {
        return new SelectorText()
                .text("subsystem", sysfs.subsystem())
                .map("attributes", sysfs.attributes())
                .map("properties", sysfs.properties());
    }

    private static SelectorText of(BundleSelector bundle) {
        return new SelectorText()
                .names("globs", quoted(bundle.globs()))
                .names("optionalGlobs", quoted(bundle.optionalGlobs()));
    }

    private SelectorText text(String field, String value) {
        if (value != null) {
            fields.add(field + ": " + quoted(value));
        }
        return this;
    }

    private SelectorText names(String field, List<String> values) {
        if (!values.isEmpty()) {
            fields.add(field + ": [" + String.join(", ", values) + "]");
        }
        return this;
    }

    private SelectorText map(String field, Map<String, String> values) {
        if (!values.isEmpty()) {
            fields.add(new TreeMap<>(values)
                    .entrySet().stream()
                            .map(each -> quoted(each.getKey()) + ": " + quoted(each.getValue()))
                            .collect(Collectors.joining(", ", field + ": {", "}")));
        }
        return this;
    }

    private static List<String> quoted(List<String> values) {
        return values.stream().map(SelectorText::quoted).toList();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public String toString() {
        return "{" + String.join(", ", fields) + "}";
    }
}
