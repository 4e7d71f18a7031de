package io.devicemgr.testkit.apiserver.table;

import static io.devicemgr.testkit.apiserver.table.Column.AGE;
import static io.devicemgr.testkit.apiserver.table.Column.NAME;
import static io.devicemgr.testkit.apiserver.table.Column.age;
import static io.devicemgr.testkit.apiserver.table.Column.count;
import static io.devicemgr.testkit.apiserver.table.Column.text;
import static io.devicemgr.testkit.apiserver.table.Column.wide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The columns that the real server prints for built-in kinds. */
final class BuiltinColumns {
    private BuiltinColumns() {}

    static List<Column> of(String plural) {
        return switch (plural) {
            case "pods" -> pods();
            case "nodes" -> nodes();
            case "daemonsets" -> daemonSets();
            case "deployments" -> deployments();
            case "events" -> events();
            case "namespaces" -> List.of(NAME, text("Status", o -> at(o, "/status/phase")), AGE);
            case "configmaps" ->
                List.of(
                        NAME,
                        count(
                                "Data",
                                o -> o.at("/data").size() + o.at("/binaryData").size()),
                        AGE);
            case "secrets" ->
                List.of(
                        NAME,
                        text("Type", o -> at(o, "/type")),
                        count("Data", o -> o.at("/data").size()),
                        AGE);
            case "services" -> services();
            case "leases" -> List.of(NAME, text("Holder", o -> at(o, "/spec/holderIdentity")), AGE);
            case "priorityclasses" ->
                List.of(
                        NAME,
                        count("Value", o -> o.at("/value").asInt()),
                        text(
                                "Global-Default",
                                o -> Boolean.toString(o.at("/globalDefault").asBoolean())),
                        AGE,
                        text("PreemptionPolicy", o -> at(o, "/preemptionPolicy")));
            case "customresourcedefinitions", "roles", "clusterroles" ->
                List.of(NAME, text("Created At", o -> at(o, "/metadata/creationTimestamp")));
            case "rolebindings", "clusterrolebindings" -> bindings();
            default -> List.of(NAME, AGE);
        };
    }

    private static List<Column> pods() {
        return List.of(
                NAME,
                text("Ready", PodCells::ready),
                text("Status", PodCells::status),
                new Column("Restarts", "string", "", 0, (o, now) -> TextNode.valueOf(PodCells.restarts(o, now))),
                AGE,
                wide("IP", o -> orNone(at(o, "/status/podIP"))),
                wide("Node", o -> orNone(at(o, "/spec/nodeName"))),
                wide("Nominated Node", o -> orNone(at(o, "/status/nominatedNodeName"))),
                wide("Readiness Gates", o -> "<none>"));
    }

    private static List<Column> nodes() {
        return List.of(
                NAME,
                text("Status", BuiltinColumns::nodeStatus),
                text("Roles", BuiltinColumns::roles),
                AGE,
                text("Version", o -> at(o, "/status/nodeInfo/kubeletVersion")),
                wide("Internal-IP", o -> address(o, "InternalIP")),
                wide("External-IP", o -> address(o, "ExternalIP")),
                wide("OS-Image", o -> orUnknown(at(o, "/status/nodeInfo/osImage"))),
                wide("Kernel-Version", BuiltinColumns::kernel),
                wide("Container-Runtime", o -> orUnknown(at(o, "/status/nodeInfo/containerRuntimeVersion"))));
    }

    private static List<Column> daemonSets() {
        return List.of(
                NAME,
                count("Desired", o -> o.at("/status/desiredNumberScheduled").asInt()),
                count("Current", o -> o.at("/status/currentNumberScheduled").asInt()),
                count("Ready", o -> o.at("/status/numberReady").asInt()),
                count("Up-to-date", o -> o.at("/status/updatedNumberScheduled").asInt()),
                count("Available", o -> o.at("/status/numberAvailable").asInt()),
                text("Node Selector", o -> labels(o.at("/spec/template/spec/nodeSelector"))),
                AGE,
                wide("Containers", o -> each(o, "name")),
                wide("Images", o -> each(o, "image")),
                wide("Selector", o -> labels(o.at("/spec/selector/matchLabels"))));
    }

    private static List<Column> deployments() {
        return List.of(
                NAME,
                text(
                        "Ready",
                        o -> o.at("/status/readyReplicas").asInt() + "/"
                                + o.at("/spec/replicas").asInt(1)),
                count("Up-to-date", o -> o.at("/status/updatedReplicas").asInt()),
                count("Available", o -> o.at("/status/availableReplicas").asInt()),
                AGE,
                wide("Containers", o -> each(o, "name")),
                wide("Images", o -> each(o, "image")),
                wide("Selector", o -> labels(o.at("/spec/selector/matchLabels"))));
    }

    private static List<Column> events() {
        return List.of(
                new Column("Last Seen", "string", "", 0, (o, now) -> TextNode.valueOf(Age.since(lastSeen(o), now))),
                text("Type", o -> at(o, "/type")),
                text("Reason", o -> at(o, "/reason")),
                text(
                        "Object",
                        o -> about(
                                o.path("involvedObject").isObject() ? o.path("involvedObject") : o.path("regarding"))),
                wide("Subobject", o -> at(o, "/involvedObject/fieldPath")),
                wide(
                        "Source",
                        o -> at(o, "/source/component")
                                + (at(o, "/source/host").isEmpty() ? "" : ", " + at(o, "/source/host"))),
                text("Message", o -> (at(o, "/message") + at(o, "/note")).strip()),
                new Column("First Seen", "string", "", 1, (o, now) -> TextNode.valueOf(Age.since(firstSeen(o), now))),
                new Column(
                        "Count",
                        "integer",
                        "",
                        1,
                        (o, now) -> TextNode.valueOf(
                                Integer.toString(Math.max(1, o.at("/count").asInt(1))))),
                new Column("Name", "string", "name", 1, NAME.cell()));
    }

    private static List<Column> services() {
        return List.of(
                NAME,
                text("Type", o -> at(o, "/spec/type").isEmpty() ? "ClusterIP" : at(o, "/spec/type")),
                text("Cluster-IP", o -> orNone(at(o, "/spec/clusterIP"))),
                text("External-IP", o -> "<none>"),
                text("Port(s)", BuiltinColumns::ports),
                AGE,
                wide("Selector", o -> labels(o.at("/spec/selector"))));
    }

    private static List<Column> bindings() {
        return List.of(
                NAME,
                text("Role", o -> at(o, "/roleRef/kind") + "/" + at(o, "/roleRef/name")),
                age("Age", "/metadata/creationTimestamp"),
                wide("Users", o -> subjects(o, "User")),
                wide("Groups", o -> subjects(o, "Group")),
                wide("ServiceAccounts", o -> subjects(o, "ServiceAccount")));
    }

    private static String nodeStatus(JsonNode node) {
        String status = "Unknown";
        for (JsonNode c : node.at("/status/conditions")) {
            if (at(c, "/type").equals("Ready")) {
                status = at(c, "/status").equals("True") ? "Ready" : "NotReady";
            }
        }
        return node.at("/spec/unschedulable").asBoolean() ? status + ",SchedulingDisabled" : status;
    }

    private static String roles(JsonNode node) {
        List<String> roles = new ArrayList<>();
        node.at("/metadata/labels").properties().forEach(e -> {
            if (e.getKey().startsWith("node-role.kubernetes.io/")) {
                roles.add(e.getKey().substring("node-role.kubernetes.io/".length()));
            }
        });
        roles.sort(null);
        return orNone(String.join(",", roles));
    }

    private static String kernel(JsonNode node) {
        String kernel = orUnknown(at(node, "/status/nodeInfo/kernelVersion"));
        String architecture = at(node, "/status/nodeInfo/architecture");
        return architecture.isEmpty() ? kernel : kernel + " (" + architecture + ")";
    }

    private static String address(JsonNode node, String type) {
        for (JsonNode a : node.at("/status/addresses")) {
            if (at(a, "/type").equals(type)) {
                return at(a, "/address");
            }
        }
        return "<none>";
    }

    private static String ports(JsonNode service) {
        List<String> ports = new ArrayList<>();
        service.at("/spec/ports")
                .forEach(p -> ports.add(
                        p.path("port").asText() + "/" + p.path("protocol").asText("TCP")));
        return orNone(String.join(",", ports));
    }

    private static String subjects(JsonNode binding, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode s : binding.path("subjects")) {
            if (at(s, "/kind").equals(kind)) {
                names.add(kind.equals("ServiceAccount") ? at(s, "/namespace") + "/" + at(s, "/name") : at(s, "/name"));
            }
        }
        return String.join(", ", names);
    }

    private static String lastSeen(JsonNode event) {
        for (String pointer : List.of("/series/lastObservedTime", "/lastTimestamp", "/eventTime")) {
            if (!at(event, pointer).isEmpty()) {
                return at(event, pointer);
            }
        }
        return at(event, "/metadata/creationTimestamp");
    }

    private static String firstSeen(JsonNode event) {
        return at(event, "/firstTimestamp").isEmpty() ? lastSeen(event) : at(event, "/firstTimestamp");
    }

    private static String about(JsonNode reference) {
        return at(reference, "/kind").toLowerCase(Locale.ROOT) + "/" + at(reference, "/name");
    }

    private static String each(JsonNode workload, String field) {
        List<String> values = new ArrayList<>();
        workload.at("/spec/template/spec/containers")
                .forEach(c -> values.add(c.path(field).asText()));
        return String.join(",", values);
    }

    private static String labels(JsonNode labels) {
        return orNone(labels.properties().stream()
                .map(e -> e.getKey() + "=" + e.getValue().asText())
                .sorted()
                .collect(Collectors.joining(",")));
    }

    static String at(JsonNode object, String pointer) {
        return object.at(pointer).asText("");
    }

    static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }

    private static String orUnknown(String text) {
        return text.isEmpty() ? "<unknown>" : text;
    }
}
