package io.devicemgr.api.v1alpha1;

import static io.devicemgr.api.v1alpha1.SchemaNode.LABEL;
import static io.devicemgr.api.v1alpha1.SchemaNode.LABEL_VALUE;
import static io.devicemgr.api.v1alpha1.SchemaNode.QUALIFIED;
import static io.devicemgr.api.v1alpha1.SchemaNode.SUBDOMAIN;

/**
 * What the schema says of the parts of a pod that a deployment may bring: those that an init container, a volume, a mount and
 * a toleration of an agent can use, and of their values those that every Kubernetes API server accepts.
 */
final class PodSchema {
    /** The names that containers of every supported Kubernetes version may give to variables. */
    private static final String VARIABLE = "^([-_a-zA-Z]|[.][-_a-zA-Z0-9])[-._a-zA-Z0-9]*$";

    private static final String KEY = "^([-_a-zA-Z0-9]|[.][-_a-zA-Z0-9])[-._a-zA-Z0-9]*$";
    private static final String IMAGE = "^[^\\s]+$";
    private static final int MAX_LIST = 64;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_PATH = 512;
    private static final long LARGEST_PART = 253;
    private static final String NO_STEPS_BACK = "!self.startsWith('/') && !self.contains('..')";
    private static final String RELATIVE = "must be a relative path without '..', for example config/settings.yaml";

    private PodSchema() {}

    /** Narrows the generated schema of a DevicePluginDeployment's spec. */
    static void complete(SchemaNode spec) {
        agent(spec.field("agent"));
        placement(spec.field("placement"));
        pools(spec.field("kubeletConfig").field("machineConfigPoolSelector"));
    }

    private static void agent(SchemaNode agent) {
        agent.field("image").pattern("^[^\\s]*$");
        agent.field("imagePullSecrets").item().required("name").field("name").name(SUBDOMAIN, LARGEST_PART);
        resources(agent.field("resources"));
        container(agent.field("initContainers").item());
        volume(agent.field("extraVolumes").item());
        mount(agent.field("extraVolumeMounts").item());
    }

    private static void placement(SchemaNode placement) {
        placement.field("priorityClassName").pattern("^(|" + SUBDOMAIN + ")$");
        placement
                .field("nodeSelector")
                .values()
                .pattern("^" + LABEL_VALUE + "$")
                .maxLength(63);
        SchemaNode toleration = placement.field("tolerations").item();
        toleration.field("key").pattern("^(|" + QUALIFIED + ")$").maxLength(317);
        toleration.field("operator").oneOf("Equal", "Exists");
        toleration.field("effect").oneOf("", "NoSchedule", "PreferNoSchedule", "NoExecute");
        toleration.field("value").pattern("^" + LABEL_VALUE + "$").maxLength(63);
        toleration
                .rule(
                        "(has(self.key) && self.key != '') || (has(self.operator) && self.operator == 'Exists')",
                        "key must be given, or operator Exists, which without a key tolerates every taint")
                .rule(
                        "!has(self.value) || self.value == '' || !has(self.operator) || self.operator != 'Exists'",
                        "value must be left out when operator is Exists; write operator Equal to compare it")
                .rule(
                        "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
                        "tolerationSeconds needs effect NoExecute: other taints do not make a pod leave");
    }

    private static void pools(SchemaNode selector) {
        selector.field("matchLabels")
                .maxProperties(32)
                .values()
                .pattern("^" + LABEL_VALUE + "$")
                .maxLength(63);
        SchemaNode expression = selector.field("matchExpressions").maxItems(16).item();
        expression.required("key", "operator");
        expression.field("key").name(QUALIFIED, 317);
        expression.field("operator").oneOf("In", "NotIn", "Exists", "DoesNotExist");
        expression
                .field("values")
                .maxItems(32)
                .item()
                .pattern("^" + LABEL_VALUE + "$")
                .maxLength(63);
        expression.rule(
                "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                "values must be given with operator In or NotIn, and only then");
    }

    private static void container(SchemaNode container) {
        container.keep(
                "name",
                "image",
                "imagePullPolicy",
                "command",
                "args",
                "workingDir",
                "env",
                "envFrom",
                "resources",
                "securityContext",
                "terminationMessagePath",
                "terminationMessagePolicy",
                "volumeMounts");
        container.required("name", "image");
        container.field("name").name(LABEL, 63);
        container.field("image").pattern(IMAGE).maxLength(512);
        container.field("imagePullPolicy").oneOf("Always", "IfNotPresent", "Never");
        container.field("terminationMessagePolicy").oneOf("File", "FallbackToLogsOnError");
        container.field("command").maxItems(MAX_LIST).item().maxLength(MAX_TEXT);
        container.field("args").maxItems(MAX_LIST).item().maxLength(MAX_TEXT);
        variable(container.field("env").maxItems(MAX_LIST).item());
        source(container.field("envFrom").maxItems(16).item());
        resources(container.field("resources"));
        security(container.field("securityContext"));
        mount(container.field("volumeMounts").maxItems(32).item());
        container.rule(
                "!has(self.volumeMounts) || self.volumeMounts.all(m, !has(m.mountPropagation) || m.mountPropagation != 'Bidirectional')"
                        + " || (has(self.securityContext) && has(self.securityContext.privileged) && self.securityContext.privileged)",
                "mountPropagation Bidirectional needs securityContext.privileged: true");
    }

    private static void variable(SchemaNode variable) {
        variable.required("name");
        variable.field("name").pattern(VARIABLE).maxLength(256);
        variable.field("value").maxLength(MAX_TEXT);
        SchemaNode from = variable.field("valueFrom");
        from.keep("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef");
        from.exactlyOne("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef");
        fieldRef(
                from.field("fieldRef"),
                "metadata.name",
                "metadata.namespace",
                "metadata.uid",
                "spec.nodeName",
                "spec.serviceAccountName",
                "status.hostIP",
                "status.hostIPs",
                "status.podIP",
                "status.podIPs");
        resourceRef(from.field("resourceFieldRef"));
        key(from.field("configMapKeyRef"));
        key(from.field("secretKeyRef"));
        variable.rule(
                "!has(self.valueFrom) || !has(self.value) || self.value == ''",
                "value and valueFrom must not both be given");
    }

    private static void fieldRef(SchemaNode ref, String... paths) {
        ref.required("fieldPath");
        ref.field("apiVersion").oneOf("v1");
        ref.field("fieldPath").oneOf(paths);
    }

    private static void resourceRef(SchemaNode ref) {
        ref.keep("containerName", "resource");
        ref.required("resource");
        ref.field("containerName").name(LABEL, 63);
        ref.field("resource")
                .oneOf(
                        "limits.cpu",
                        "limits.memory",
                        "limits.ephemeral-storage",
                        "requests.cpu",
                        "requests.memory",
                        "requests.ephemeral-storage");
    }

    private static void key(SchemaNode ref) {
        ref.required("name", "key");
        ref.field("name").name(SUBDOMAIN, LARGEST_PART);
        ref.field("key").pattern(KEY).maxLength(LARGEST_PART);
    }

    private static void source(SchemaNode source) {
        source.exactlyOne("configMapRef", "secretRef");
        source.field("prefix")
                .pattern("^(|" + VARIABLE.substring(1, VARIABLE.length() - 1) + ")$")
                .maxLength(64);
        for (String kind : new String[] {"configMapRef", "secretRef"}) {
            source.field(kind).required("name").field("name").name(SUBDOMAIN, LARGEST_PART);
        }
    }

    private static void resources(SchemaNode resources) {
        resources.keep("limits", "requests");
        resources.field("limits").maxProperties(16).values().quantity();
        resources.field("requests").maxProperties(16).values().quantity();
    }

    private static void security(SchemaNode security) {
        security.without("procMount", "windowsOptions");
        security.field("runAsUser").range(0, Integer.MAX_VALUE);
        security.field("runAsGroup").range(0, Integer.MAX_VALUE);
        security.field("capabilities").field("add").maxItems(MAX_LIST).item().maxLength(64);
        security.field("capabilities").field("drop").maxItems(MAX_LIST).item().maxLength(64);
        for (String profile : new String[] {"seccompProfile", "appArmorProfile"}) {
            SchemaNode node = security.field(profile);
            node.required("type").field("type").oneOf("Localhost", "RuntimeDefault", "Unconfined");
            node.field("localhostProfile")
                    .minLength(1)
                    .maxLength(MAX_PATH)
                    .pattern("^[^\\s]+$")
                    .rule(NO_STEPS_BACK, RELATIVE);
            node.rule(
                    "has(self.localhostProfile) == (self.type == 'Localhost')",
                    "localhostProfile must be given with type Localhost, and only then");
        }
        security.rule(
                "!has(self.allowPrivilegeEscalation) || self.allowPrivilegeEscalation"
                        + " || ((!has(self.privileged) || !self.privileged)"
                        + " && (!has(self.capabilities) || !has(self.capabilities.add) || !('CAP_SYS_ADMIN' in self.capabilities.add)))",
                "allowPrivilegeEscalation: false contradicts privileged: true and the capability CAP_SYS_ADMIN; leave it out");
    }

    private static void mount(SchemaNode mount) {
        mount.without("subPathExpr", "recursiveReadOnly");
        mount.required("name", "mountPath");
        mount.field("name").name(LABEL, 63);
        mount.field("mountPath").pattern("^/[^:]*$").maxLength(MAX_PATH);
        mount.field("mountPropagation").oneOf("None", "HostToContainer", "Bidirectional");
        mount.field("subPath").maxLength(MAX_PATH).rule(NO_STEPS_BACK, RELATIVE);
    }

    private static void volume(SchemaNode volume) {
        String[] kinds = {
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "hostPath",
            "image",
            "nfs",
            "persistentVolumeClaim",
            "projected",
            "secret"
        };
        volume.keep(kinds);
        volume.keepAlso("name").required("name").field("name").name(LABEL, 63);
        volume.exactlyOne(kinds);
        SchemaNode host = volume.field("hostPath").required("path");
        host.field("path")
                .maxLength(MAX_PATH)
                .rule("self.startsWith('/') && !self.contains('..')", "must be an absolute path without '..'");
        host.field("type")
                .oneOf(
                        "",
                        "DirectoryOrCreate",
                        "Directory",
                        "FileOrCreate",
                        "File",
                        "Socket",
                        "CharDevice",
                        "BlockDevice");
        volume.field("emptyDir").field("medium").pattern("^(|Memory|HugePages(-[1-9][0-9]*[KMG]i)?)$");
        volume.field("emptyDir").field("sizeLimit").quantity();
        items(volume.field("configMap").required("name").mode("defaultMode"));
        volume.field("configMap").field("name").name(SUBDOMAIN, LARGEST_PART);
        items(volume.field("secret").required("secretName").mode("defaultMode"));
        volume.field("secret").field("secretName").name(SUBDOMAIN, LARGEST_PART);
        downward(volume.field("downwardAPI").mode("defaultMode"));
        projected(volume.field("projected").mode("defaultMode"));
        volume.field("image")
                .required("reference")
                .field("reference")
                .pattern(IMAGE)
                .maxLength(512);
        volume.field("image").field("pullPolicy").oneOf("Always", "IfNotPresent", "Never");
        SchemaNode csi = volume.field("csi").required("driver");
        csi.field("driver")
                .name("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?([.][a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*", 63);
        csi.field("nodePublishSecretRef").required("name").field("name").name(SUBDOMAIN, LARGEST_PART);
        SchemaNode nfs = volume.field("nfs").required("server", "path");
        nfs.field("server").minLength(1);
        nfs.field("path").pattern("^/").maxLength(MAX_PATH);
        volume.field("persistentVolumeClaim")
                .required("claimName")
                .field("claimName")
                .name(SUBDOMAIN, LARGEST_PART);
    }

    private static void items(SchemaNode source) {
        SchemaNode item = source.field("items").maxItems(32).item();
        item.required("key", "path").mode("mode");
        item.field("key").pattern(KEY).maxLength(LARGEST_PART);
        path(item.field("path"));
    }

    private static void path(SchemaNode path) {
        path.minLength(1).maxLength(MAX_PATH).rule(NO_STEPS_BACK, RELATIVE);
    }

    private static void downward(SchemaNode source) {
        SchemaNode item = source.field("items").maxItems(32).item();
        item.required("path").mode("mode").exactlyOne("fieldRef", "resourceFieldRef");
        path(item.field("path"));
        fieldRef(
                item.field("fieldRef"),
                "metadata.name",
                "metadata.namespace",
                "metadata.uid",
                "metadata.labels",
                "metadata.annotations");
        resourceRef(item.field("resourceFieldRef"));
        item.field("resourceFieldRef").required("containerName");
    }

    private static void projected(SchemaNode projected) {
        SchemaNode source =
                projected.required("sources").field("sources").maxItems(16).item();
        String[] kinds = {"configMap", "downwardAPI", "secret", "serviceAccountToken"};
        source.keep(kinds);
        source.exactlyOne(kinds);
        items(source.field("configMap").required("name"));
        source.field("configMap").field("name").name(SUBDOMAIN, LARGEST_PART);
        items(source.field("secret").required("name"));
        source.field("secret").field("name").name(SUBDOMAIN, LARGEST_PART);
        downward(source.field("downwardAPI"));
        SchemaNode token = source.field("serviceAccountToken").required("path");
        path(token.field("path"));
        token.field("expirationSeconds").range(600, 1L << 32);
    }
}
