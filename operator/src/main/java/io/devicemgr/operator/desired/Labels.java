package io.devicemgr.operator.desired;

import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import java.util.LinkedHashMap;
import java.util.Map;

/** The labels of the objects that the operator makes, and its mark on the deployments themselves. */
public final class Labels {
    /** Name of the deployment that an object belongs to. */
    public static final String DEPLOYMENT = "devicemgr.io/deployment";
    /** Revision of an agent pod and of its settings. */
    public static final String REVISION = "devicemgr.io/revision";
    /** Hash of the object as last applied; a label: annotations of a KubeletConfig are wiped (docs/openshift.md 1.5). */
    public static final String APPLIED = "devicemgr.io/applied";
    /** Who made the object. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    /** Value of {@link #MANAGED_BY}, and the field manager of everything that is applied. */
    public static final String OPERATOR = "device-plugin-operator";

    /** Finalizer that keeps a deployment until its agents have ended. */
    public static final String FINALIZER = "devicemgr.io/cleanup";

    private Labels() {}

    /** The labels by which the agent pods of a deployment are selected; these never change. */
    public static Map<String, String> selector(DevicePluginDeployment deployment) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app.kubernetes.io/name", "device-plugin-agent");
        labels.put("app.kubernetes.io/instance", deployment.getMetadata().getName());
        labels.put(DEPLOYMENT, deployment.getMetadata().getName());
        return labels;
    }

    /** The labels of every object of a deployment. */
    public static Map<String, String> of(DevicePluginDeployment deployment) {
        Map<String, String> labels = selector(deployment);
        labels.put("app.kubernetes.io/part-of", OPERATOR);
        labels.put(MANAGED_BY, OPERATOR);
        return labels;
    }

    /** The labels of an object that belongs to one revision. */
    public static Map<String, String> of(DevicePluginDeployment deployment, String revision) {
        Map<String, String> labels = of(deployment);
        labels.put(REVISION, revision);
        return labels;
    }
}
