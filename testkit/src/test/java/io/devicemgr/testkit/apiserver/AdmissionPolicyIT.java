package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.devicemgr.testkit.apiserver.TestClient.Answer;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.policy.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What ValidatingAdmissionPolicies refuse, and in which words; the words are those of kube-apiserver v1.36. */
class AdmissionPolicyIT extends ApiServerFixture {
    private static final String POLICY = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: own-node}
            spec:
              matchConstraints:
                resourceRules:
                - {apiGroups: [test.devicemgr.io], apiVersions: ["*"], operations: [CREATE, UPDATE, DELETE], resources: [widgets, widgets/status]}
              matchConditions:
              - {name: agent, expression: "request.userInfo.username.startsWith('agent')"}
              variables:
              - {name: node, expression: "request.userInfo.?extra[?'authentication.kubernetes.io/node-name'][0].orValue('')"}
              - {name: fails, expression: "oldObject.metadata.name"}
              validations:
              - {expression: "request.operation != 'DELETE'", reason: Forbidden, message: agents delete nothing}
              - expression: object == null || object.metadata.name == variables.node
                reason: Forbidden
                messageExpression: "'not the widget of ' + variables.node"
              - expression: "object == null || object.metadata.?annotations.orValue({}) == {}"
              - expression: "object == null || object.metadata.?labels[?'old'].orValue('') != variables.fails || true"
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: own-node-binding}
            spec: {policyName: own-node, validationActions: [Deny]}
            """;

    @BeforeEach
    void addPolicy() {
        server.applyYaml(POLICY);
        server.addToken(
                "a", new User("agent", List.of("system:authenticated"), Map.of(User.NODE_NAME, List.of("node-a"))));
        server.addToken("nowhere", "agent");
        server.addToken("other", "somebody");
    }

    @Test
    void whoIsMeantIsHeldToIt() {
        assertThat(ask("a", "POST", WIDGETS, widget("node-a", "{\"size\":1}")).code())
                .isEqualTo(201);
        Answer refused = ask("a", "POST", WIDGETS, widget("node-b", "{\"size\":1}"));
        assertThat(refused.code()).isEqualTo(403);
        assertThat(refused.at("/reason")).isEqualTo("Forbidden");
        assertThat(refused.message())
                .isEqualTo(
                        "widgets.test.devicemgr.io \"node-b\" is forbidden: ValidatingAdmissionPolicy 'own-node' with"
                                + " binding 'own-node-binding' denied request: not the widget of node-a");
        assertThat(ask("nowhere", "POST", WIDGETS, widget("node-b", "{\"size\":1}"))
                        .message())
                .endsWith("denied request: not the widget of");
    }

    @Test
    void othersAreNot() {
        assertThat(ask("other", "POST", WIDGETS, widget("node-b", "{\"size\":1}"))
                        .code())
                .isEqualTo(201);
    }

    @Test
    void changesAndDeletionsAreLookedAtToo() {
        ask("a", "POST", WIDGETS, widget("node-a", "{\"size\":1}"));
        Answer annotated = ask("a", "PATCH", WIDGETS + "/node-a", "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}");
        assertThat(annotated.code()).isEqualTo(422);
        assertThat(annotated.message())
                .endsWith("failed expression: object == null || object.metadata.?annotations.orValue({}) == {}");
        assertThat(ask("a", "PATCH", WIDGETS + "/node-a/status", "{\"status\":{}}")
                        .code())
                .isEqualTo(200);
        assertThat(ask("a", "DELETE", WIDGETS + "/node-a", "").message()).endsWith("agents delete nothing");
        assertThat(ask("other", "DELETE", WIDGETS + "/node-a", "").code()).isEqualTo(200);
    }

    @Test
    void expressionThatFailsRefuses() {
        server.applyYaml(POLICY.replace("variables.fails || true", "variables.fails"));
        Answer refused = ask("a", "POST", WIDGETS, widget("node-a", "{\"size\":1}"));
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.message()).contains("resulted in error");
    }

    @Test
    void policyThatDoesNotCompileIsRefused() {
        assertThatThrownBy(() -> server.applyYaml(POLICY.replace("variables.node", "variables.(")))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("spec.validations[1].expression")
                .hasMessageContaining("compilation failed");
    }

    @Test
    void policyEndsWithItsBinding() {
        server.objects()
                .delete("validatingadmissionpolicybindings.admissionregistration.k8s.io", "", "own-node-binding");
        assertThat(ask("a", "POST", WIDGETS, widget("node-b", "{\"size\":1}")).code())
                .isEqualTo(201);
    }

    private Answer ask(String token, String method, String path, String body) {
        String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        return client.send(method, path, body, "Content-Type", type, "Authorization", "Bearer " + token);
    }
}
