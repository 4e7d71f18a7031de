package io.devicemgr.agent.allocation;

import io.devicemgr.agent.allocation.Grant.Node;
import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The CDI specification of one resource: which nodes the container runtime adds for which name. Pure. It contains device nodes
 * only: environment, mounts and annotations depend on the whole set of devices and stay in the answer to the kubelet.
 *
 * @param kind vendor and class
 * @param devices nodes by the name of the device
 */
record CdiSpec(String kind, Map<String, List<Node>> devices) {
    /** Kinds of resources whose own names CDI does not allow. */
    private static final String OWN_VENDOR = "devicemgr.io/r";

    /** Both parts of a kind begin with a letter; an extended resource name keeps all other rules of CDI. */
    private static final Pattern KIND = Pattern.compile("[A-Za-z][^/]*/[A-Za-z].*");

    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    CdiSpec {
        devices = new TreeMap<>(devices);
    }

    /**
     * The specification of all devices that are in their place. Those that are not are left out: what stands under their node
     * now, if anything, is another device. The runtime then refuses to start a container that still holds one, and names it.
     */
    static CdiSpec of(String resource, NodePaths paths, DeviceTable table) {
        Map<String, List<Node>> devices = new TreeMap<>();
        for (Device device : table.devices()) {
            if (device.presence().isHealthy() && !device.nodes().isEmpty()) {
                try {
                    devices.put(name(device.id()), paths.of(List.of(device)));
                } catch (AllocationRefused e) {
                    // Refused with that text whenever somebody asks for it.
                    devices.remove(name(device.id()));
                }
            }
        }
        return new CdiSpec(kind(resource), devices);
    }

    /** The kind of a resource: its name, or {@code devicemgr.io/r} and a hash of it where that is not allowed. */
    static String kind(String resource) {
        return KIND.matcher(resource).matches() ? resource : OWN_VENDOR + DeviceId.hash(resource);
    }

    /** The name of a device: its id, or {@code d} and a hash of it where that is not allowed. */
    static String name(DeviceId id) {
        return DEVICE.matcher(id.value()).matches() ? id.value() : "d" + DeviceId.hash(id.value());
    }

    /** The name by which a container runtime finds a device. */
    String qualified(DeviceId id) {
        return kind + "=" + name(id);
    }

    boolean isEmpty() {
        return devices.isEmpty();
    }

    /** Whether a device gets exactly these nodes. */
    boolean gives(DeviceId id, List<Node> nodes) {
        return nodes.equals(devices.get(name(id)));
    }

    /** The file's content; the same for the same devices. */
    String json() {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("cdiVersion", version());
        spec.put("kind", kind);
        spec.put(
                "devices",
                devices.entrySet().stream()
                        .map(device -> device(device.getKey(), device.getValue()))
                        .toList());
        return Json.write(spec) + "\n";
    }

    private static Map<String, Object> device(String name, List<Node> nodes) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put(
                "containerEdits",
                Map.of("deviceNodes", nodes.stream().map(CdiSpec::node).toList()));
        return fields;
    }

    private static Map<String, String> node(Node node) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("path", node.containerPath());
        if (!node.hostPath().equals(node.containerPath())) {
            fields.put("hostPath", node.hostPath());
        }
        fields.put("permissions", node.permissions());
        return fields;
    }

    /** The lowest that knows all that is used: the older a runtime is, the fewer it reads (CDI specification, Released versions). */
    private String version() {
        if (kind.indexOf('.', kind.indexOf('/')) >= 0) {
            return "0.6.0";
        }
        boolean digit = devices.keySet().stream().anyMatch(name -> Character.isDigit(name.charAt(0)));
        boolean hostPath = devices.values().stream()
                .flatMap(List::stream)
                .anyMatch(node -> !node.hostPath().equals(node.containerPath()));
        return digit || hostPath ? "0.5.0" : "0.3.0";
    }
}
