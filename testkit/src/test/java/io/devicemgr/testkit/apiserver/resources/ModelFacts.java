package io.devicemgr.testkit.apiserver.resources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the API reference of Kubernetes says of built-in kinds and the model's classes do not: by which keys lists are
 * merged, what is atomic, required, defaulted or enumerated. As far as device plugins, workloads and RBAC need it.
 */
final class ModelFacts {
    /** Field, or Class.field where the field alone is ambiguous, to the keys of the list. The first one is also that of a patch. */
    private static final Map<String, String> LIST_KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("PodSpec.imagePullSecrets", "name"),
            Map.entry("ServiceAccount.secrets", "name"),
            Map.entry("conditions", "type"),
            Map.entry("ownerReferences", "uid"),
            Map.entry("hostAliases", "ip"),
            Map.entry("podIPs", "ip"),
            Map.entry("NodeStatus.addresses", "type"),
            Map.entry("topologySpreadConstraints", "topologyKey,whenUnsatisfiable"),
            Map.entry("PodSpec.resourceClaims", "name"),
            Map.entry("ResourceRequirements.claims", "name"),
            Map.entry("schedulingGates", "name"),
            Map.entry("allocatedResourcesStatus", "name"),
            Map.entry("ResourceStatus.resources", "resourceID"),
            Map.entry("matchConditions", "name"),
            Map.entry("variables", "name"),
            Map.entry("Container.ports", "containerPort,protocol"),
            Map.entry("EphemeralContainer.ports", "containerPort,protocol"),
            Map.entry("ServiceSpec.ports", "port,protocol"));

    private static final Set<String> SETS = Set.of("ObjectMeta.finalizers", "NodeSpec.podCIDRs");

    private static final Set<String> ATOMIC_OBJECTS = Set.of(
            "ConfigMapKeySelector",
            "LabelSelector",
            "LocalObjectReference",
            "NodeSelector",
            "NodeSelectorTerm",
            "ObjectFieldSelector",
            "ObjectReference",
            "OwnerReference",
            "ResourceFieldSelector",
            "RoleRef",
            "SecretKeySelector",
            "Subject",
            "TypedLocalObjectReference");

    private static final Set<String> ATOMIC_MAPS = Set.of("PodSpec.nodeSelector", "ServiceSpec.selector");

    private static final Map<String, String> REQUIRED = Map.ofEntries(
            Map.entry("Condition", "type,status,lastTransitionTime,reason,message"),
            Map.entry("ConfigMapKeySelector", "key"),
            Map.entry("Container", "name"),
            Map.entry("ContainerPort", "containerPort"),
            Map.entry("ContainerStatus", "name,ready,restartCount,image,imageID"),
            Map.entry("ContainerStateTerminated", "exitCode"),
            Map.entry("DaemonSetSpec", "selector,template"),
            Map.entry(
                    "DaemonSetStatus", "currentNumberScheduled,numberMisscheduled,desiredNumberScheduled,numberReady"),
            Map.entry("DeploymentSpec", "selector,template"),
            Map.entry("EnvVar", "name"),
            Map.entry("EphemeralContainer", "name"),
            Map.entry("HTTPGetAction", "port"),
            Map.entry("HTTPHeader", "name,value"),
            Map.entry("HostPathVolumeSource", "path"),
            Map.entry("KeyToPath", "key,path"),
            Map.entry("LabelSelectorRequirement", "key,operator"),
            Map.entry("NodeAddress", "type,address"),
            Map.entry("NodeSelector", "nodeSelectorTerms"),
            Map.entry("NodeSelectorRequirement", "key,operator"),
            Map.entry("ObjectFieldSelector", "fieldPath"),
            Map.entry("OwnerReference", "apiVersion,kind,name,uid"),
            Map.entry("PodSpec", "containers"),
            Map.entry("PolicyRule", "verbs"),
            Map.entry("ReplicaSetSpec", "selector"),
            Map.entry("ClusterRoleBinding", "roleRef"),
            Map.entry("RoleBinding", "roleRef"),
            Map.entry("RoleRef", "kind,name"),
            Map.entry("SecretKeySelector", "key"),
            Map.entry("ServiceAccountTokenProjection", "path"),
            Map.entry("ServicePort", "port"),
            Map.entry("StatefulSetSpec", "selector,template"),
            Map.entry("Subject", "kind,name"),
            Map.entry("Taint", "key,effect"),
            Map.entry("TCPSocketAction", "port"),
            Map.entry("Volume", "name"),
            Map.entry("VolumeDevice", "name,devicePath"),
            Map.entry("VolumeMount", "name,mountPath"));

    private static final Map<String, String> ENUMS = Map.ofEntries(
            Map.entry("protocol", "SCTP,TCP,UDP"),
            Map.entry("imagePullPolicy", "Always,IfNotPresent,Never"),
            Map.entry("PodSpec.restartPolicy", "Always,Never,OnFailure"),
            Map.entry("dnsPolicy", "ClusterFirst,ClusterFirstWithHostNet,Default,None"),
            Map.entry("terminationMessagePolicy", "FallbackToLogsOnError,File"),
            Map.entry("DaemonSetUpdateStrategy.type", "OnDelete,RollingUpdate"),
            Map.entry("DeploymentStrategy.type", "Recreate,RollingUpdate"),
            Map.entry("Taint.effect", "NoExecute,NoSchedule,PreferNoSchedule"),
            Map.entry("Toleration.effect", "NoExecute,NoSchedule,PreferNoSchedule"),
            Map.entry("Toleration.operator", "Equal,Exists,Gt,Lt"),
            Map.entry(
                    "HostPathVolumeSource.type",
                    ",BlockDevice,CharDevice,Directory,DirectoryOrCreate,File,FileOrCreate,Socket"));

    private ModelFacts() {}

    /** Adds to a property what is known of it. */
    static void complete(String owner, String field, ObjectNode schema) {
        String here = owner + "." + field;
        if (schema.path("type").asText().equals("array")) {
            list(here, field, schema);
        }
        if (ATOMIC_MAPS.contains(here)) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        if (here.equals("DeploymentSpec.strategy")) {
            schema.put("x-kubernetes-patch-strategy", "retainKeys");
        }
        String values = ENUMS.getOrDefault(here, ENUMS.get(field));
        if (values != null && schema.path("type").asText().equals("string")) {
            strings(schema.putArray("enum"), values);
        }
        if (here.equals("ContainerPort.protocol") || here.equals("ServicePort.protocol")) {
            schema.put("default", "TCP");
        }
    }

    private static void list(String here, String field, ObjectNode schema) {
        String keys = LIST_KEYS.getOrDefault(here, LIST_KEYS.get(field));
        if (keys != null && schema.path("items").has("$ref")) {
            schema.put("x-kubernetes-list-type", "map");
            strings(schema.putArray("x-kubernetes-list-map-keys"), keys);
            schema.put("x-kubernetes-patch-merge-key", keys.split(",")[0]);
            boolean oneOf = List.of("volumes", "resourceClaims").contains(field);
            schema.put("x-kubernetes-patch-strategy", oneOf ? "merge,retainKeys" : "merge");
        } else if (SETS.contains(here)) {
            schema.put("x-kubernetes-list-type", "set");
            schema.put("x-kubernetes-patch-strategy", "merge");
        } else {
            schema.put("x-kubernetes-list-type", "atomic");
        }
    }

    /** Adds to an object what is known of it. */
    static void complete(String name, ObjectNode definition) {
        if (REQUIRED.containsKey(name)) {
            strings(definition.putArray("required"), REQUIRED.get(name));
        }
        if (ATOMIC_OBJECTS.contains(name)) {
            definition.put("x-kubernetes-map-type", "atomic");
        }
    }

    private static void strings(ArrayNode array, String values) {
        Arrays.stream(values.split(",")).forEach(array::add);
    }
}
