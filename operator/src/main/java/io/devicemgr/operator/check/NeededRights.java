package io.devicemgr.operator.check;

import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;

/** Everything that the operator asks the API server for; a test compares it with the chart's roles. */
final class NeededRights {
    private static final String API = "devicemgr.io";
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String MACHINE_CONFIG = "machineconfiguration.openshift.io";
    private static final String LIFE = "get list watch create patch delete";

    /** On all objects of a resource, in all namespaces or in the operator's own. */
    private record Right(boolean everywhere, String group, String resource, String verbs, String name) {}

    private static final List<Right> ALWAYS = List.of(
            everywhere(API, "deviceplugindeployments", "get list watch patch"),
            everywhere(API, "deviceplugindeployments/status", "patch"),
            everywhere(API, "deviceplugindeployments/finalizers", "update"),
            everywhere(API, "nodedevicereports", LIFE),
            everywhere(API, "nodedevicereports/status", "patch"),
            everywhere("", "nodes", "get list watch"),
            everywhere("", "nodes/status", "patch"),
            everywhere("", "events", "get create update"),
            everywhere(RBAC, "clusterrolebindings", LIFE),
            new Right(true, RBAC, "clusterroles", "bind", "device-plugin-agent"),
            own("", "configmaps", LIFE),
            own("", "serviceaccounts", LIFE),
            own("", "pods", "get list watch delete"),
            own("", "events", "list watch"),
            own("apps", "daemonsets", LIFE),
            own(RBAC, "rolebindings", LIFE),
            own("coordination.k8s.io", "leases", "create"),
            new Right(false, "coordination.k8s.io", "leases", "get update", "device-plugin-operator"));

    private static final List<Right> WITH_SCC = List.of(
            new Right(true, RBAC, "clusterroles", "bind", "system:openshift:scc:privileged"),
            new Right(true, RBAC, "clusterroles", "bind", "device-plugin-agent-scc"));

    private static final List<Right> WITH_MACHINE_CONFIG = List.of(
            everywhere(MACHINE_CONFIG, "kubeletconfigs", LIFE),
            everywhere(MACHINE_CONFIG, "machineconfigpools", "get list watch"),
            everywhere("config.openshift.io", "infrastructures", "get"));

    private NeededRights() {}

    private static Right everywhere(String group, String resource, String verbs) {
        return new Right(true, group, resource, verbs, "");
    }

    private static Right own(String group, String resource, String verbs) {
        return new Right(false, group, resource, verbs, "");
    }

    /** Asks for each of them; one finding when all are granted, else one for each resource that lacks some. */
    static List<Finding> look(KubernetesClient client, String namespace) {
        List<Right> needed = new ArrayList<>(ALWAYS);
        if (client.hasApiGroup("security.openshift.io", true)) {
            needed.addAll(WITH_SCC);
        }
        if (client.hasApiGroup(MACHINE_CONFIG, true)) {
            needed.addAll(WITH_MACHINE_CONFIG);
        }
        List<Finding> findings = new ArrayList<>();
        int granted = 0;
        for (Right right : needed) {
            List<String> verbs = List.of(right.verbs().split(" "));
            List<String> lacking = verbs.stream()
                    .filter(verb -> !granted(client, right, verb, namespace))
                    .toList();
            granted += verbs.size() - lacking.size();
            if (!lacking.isEmpty()) {
                findings.add(Finding.fail("rights: the operator's service account lacks " + String.join(", ", lacking)
                        + " for " + described(right) + ": a role of the chart or its binding was changed or left out"));
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("rights: the operator's service account has all " + granted + " that it needs"))
                : findings;
    }

    private static String described(Right right) {
        return right.resource()
                + (right.group().isEmpty() ? "" : " of " + right.group())
                + (right.name().isEmpty() ? "" : " named " + right.name())
                + (right.everywhere() ? "" : " in its own namespace");
    }

    private static boolean granted(KubernetesClient client, Right right, String verb, String namespace) {
        String[] resource = right.resource().split("/");
        ResourceAttributes asked = new ResourceAttributesBuilder()
                .withNamespace(right.everywhere() ? null : namespace)
                .withGroup(right.group())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : null)
                .withName(right.name().isEmpty() ? null : right.name())
                .withVerb(verb)
                .build();
        SelfSubjectAccessReview review = client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withResourceAttributes(asked)
                        .endSpec()
                        .build());
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }
}
