package io.devicemgr.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** What {@code kubectl apply --dry-run=server} does: an object is checked in every way, field names included, and not stored. */
final class DryRun {
    private static final Map<String, String> PLURALS = Map.of(
            "DevicePluginDeployment",
            "deviceplugindeployments",
            "NodeDeviceReport",
            "nodedevicereports",
            "Pod",
            "pods");

    private static final ObjectMapper JSON = new ObjectMapper();

    private DryRun() {}

    /** Whether the kind is one that the pages are held to. */
    static boolean knows(String kind) {
        return PLURALS.containsKey(kind);
    }

    /**
     * The object as it would be stored.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException with the API server's words when it is refused
     */
    static JsonNode of(KubernetesClient client, GenericKubernetesResource object) {
        boolean core = !object.getApiVersion().contains("/");
        String namespace = object.getKind().equals("Pod") ? "/namespaces/default" : "";
        String uri = (core ? "/api/" : "/apis/") + object.getApiVersion() + namespace + "/"
                + PLURALS.get(object.getKind()) + "?dryRun=All&fieldValidation=Strict&fieldManager=test";
        return Serialization.unmarshal(client.raw(uri, "POST", JSON.valueToTree(object)), JsonNode.class);
    }
}
