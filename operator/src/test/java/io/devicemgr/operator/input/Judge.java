package io.devicemgr.operator.input;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.desired.AgentObjects;
import io.devicemgr.operator.desired.AgentRevision;
import io.devicemgr.operator.validate.Verdict;
import io.devicemgr.operator.validate.Violation;
import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What becomes of a spec: the API server judges it, the operator validates it, and the API server judges what is made of it. */
final class Judge implements AutoCloseable {
    private static final String RESOURCE = "deviceplugindeployments.devicemgr.io";
    private static final OperatorConfig CONFIG = new OperatorConfig("devices", "registry.example.com/agent:1", 0);

    private final SimulatedApiServer server = SimulatedApiServer.started();
    private final KubernetesClient client =
            new KubernetesClientBuilder().withConfig(server.clientConfig()).build();

    Judge() {
        try {
            server.applyYaml(Files.readString(Path.of("../crds/yaml/" + RESOURCE + ".yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.applyYaml("{apiVersion: v1, kind: Namespace, metadata: {name: devices}}");
    }

    /**
     * How far a spec came.
     *
     * @param refusal what the API server says of the spec; empty when it accepts it
     * @param violations what the operator says of it
     * @param objects what it made of it; empty when it may not
     * @param refusedObjects what the API server says of these
     */
    record Judgement(
            String refusal, List<Violation> violations, List<HasMetadata> objects, List<String> refusedObjects) {
        List<String> complaints() {
            return violations.stream().map(Violation::message).toList();
        }
    }

    Judgement judge(ObjectNode spec) {
        String json;
        try {
            json = server.objects()
                    .create(RESOURCE, SpecTree.deployment("a", spec))
                    .toString();
        } catch (ApiException e) {
            return new Judgement(e.getMessage(), List.of(), List.of(), List.of());
        }
        server.objects().delete(RESOURCE, "", "a");
        DevicePluginDeployment deployment =
                client.getKubernetesSerialization().unmarshal(json, DevicePluginDeployment.class);
        Verdict verdict = Verdict.of(deployment, List.of(deployment), List.of());
        if (!verdict.applicable()) {
            return new Judgement("", verdict.violations(), List.of(), List.of());
        }
        AgentRevision revision = AgentRevision.of(deployment, verdict.offered(), CONFIG);
        List<HasMetadata> objects = AgentObjects.of(deployment, revision, CONFIG, true);
        List<String> refused = objects.stream()
                .map(this::refusal)
                .filter(text -> !text.isEmpty())
                .toList();
        return new Judgement("", verdict.violations(), objects, refused);
    }

    /** Applied as the operator applies it, which is stricter than creation: lists with keys must not repeat one. */
    private String refusal(HasMetadata object) {
        try {
            client.resource(object)
                    .dryRun()
                    .fieldManager("device-plugin-operator")
                    .forceConflicts()
                    .serverSideApply();
            return "";
        } catch (KubernetesClientException e) {
            return object.getKind() + ": " + e.getMessage();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
