package io.devicemgr.testkit.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts were compared with those of a Kubernetes v1.36.2 API server. */
class SchemaMessagesIT extends ApiServerFixture {
    private static final String PREFIX = "Widget.test.devicemgr.io \"z\" is invalid: ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'size':0} | spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
                "{'size':5000} | spec.size: Invalid value: 5000: spec.size in body should be less than or equal to 1000",
                "{'size':1,'name':'A1'} | spec.name: Invalid value: 'A1': spec.name in body should match '^[a-z]+$'",
                "{'size':1,'name':'a'} | spec.name: Invalid value: 'a': spec.name in body should be at least 2 chars long",
                "{'size':1,'tags':['a','a']} | spec.tags[1]: Duplicate value: 'a'",
                "{'size':1,'parts':[{'name':'x'},{'name':'x'}]} | spec.parts[1]: Duplicate value: {'name':'x'}",
                "{'size':5,'limit':2} | spec: Invalid value: size must not exceed limit",
                "{'size':5,'parts':[{'name':'q','weight':100}]} | spec.parts: Forbidden: at most 99 per part in mode Fast",
                "{'size':5,'namespace':'foo'} | spec: Invalid value: namespace must start with ns-",
            })
    void violationsThatLeaveRulesRunning(String spec, String message) {
        TestClient.Answer refused = client.post(WIDGETS, widget("z", spec.replace('\'', '"')));

        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.message().replace('"', '\'')).isEqualTo((PREFIX + message).replace('"', '\''));
        assertThat(refused.body().at("/details/causes")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | spec.size: Required value",
                "{'size':'x'} | spec.size: Invalid value: 'string': spec.size in body must be of type integer: 'string'",
                "{'size':1,'mode':'Mid'} | spec.mode: Unsupported value: 'Mid': supported values: 'Fast', 'Slow'",
                "{'size':1,'name':'abcdefghijklmnop'} | spec.name: Too long: may not be more than 10 bytes",
                "{'size':1,'tags':['a','b','c','d']} | spec.tags: Too many: 4: must have at most 3 items",
                "{'size':1,'parts':[{'weight':2}]} | spec.parts[0].name: Required value",
                "{'size':5,'share':true} | spec.share: Invalid value: 'boolean': spec.share in body must be of type integer,string: 'boolean'",
                "{'size':5,'sequence':['a']} | spec.sequence[0]: Invalid value: 'string': spec.sequence[0] in body must be of type integer: 'string'",
            })
    void violationsThatStopRulesFromRunning(String spec, String message) {
        TestClient.Answer refused = client.post(WIDGETS, widget("z", spec.replace('\'', '"')));

        assertThat(refused.message().replace('"', '\''))
                .isEqualTo(PREFIX.replace('"', '\'') + "[" + message
                        + ", <nil>: Invalid value: null: some validation rules were not checked because the object was"
                        + " invalid; correct the existing errors to complete validation]");
    }

    @Test
    void transitionRulesRunOnUpdateOnly() {
        client.post(WIDGETS, widget("z", "{\"size\":1,\"owner\":\"me\"}"));

        assertThat(client.merge(WIDGETS + "/z", "{\"spec\":{\"size\":2}}").code())
                .isEqualTo(200);
        assertThat(client.merge(WIDGETS + "/z", "{\"spec\":{\"owner\":\"you\"}}")
                        .message())
                .isEqualTo(PREFIX + "spec.owner: Invalid value: \"you\": owner is immutable");
    }

    @Test
    void defaultsAreFilledInAndUnknownFieldsFallOut() {
        TestClient.Answer created = client.post(
                WIDGETS,
                widget("z", "{\"size\":1,\"mode\":null,\"foo\":1,\"options\":{\"colour\":null},\"free\":{\"any\":1}}"));

        assertThat(created.body().path("spec").toString())
                .isEqualTo(
                        "{\"size\":1,\"options\":{\"colour\":null,\"level\":3},\"free\":{\"any\":1},\"mode\":\"Fast\"}");
        assertThat(created.response().headers().firstValue("Warning"))
                .hasValue("299 - \"unknown field \\\"spec.foo\\\"\"");
    }

    @Test
    void strictRequestsWithUnknownFieldsAreRefused() {
        TestClient.Answer refused =
                client.post(WIDGETS + "?fieldValidation=Strict", widget("z", "{\"size\":1,\"foo\":1}"));

        assertThat(refused.code()).isEqualTo(400);
        assertThat(refused.message())
                .isEqualTo(
                        "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field"
                                + " \"spec.foo\"");
    }

    @Test
    void aCrdWhoseRuleDoesNotCompileIsRefused() {
        TestClient.Answer refused = client.merge(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.test.devicemgr.io",
                "{\"spec\":{\"versions\":[{\"name\":\"v1\",\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"x-kubernetes-validations\":[{\"rule\":\"self.b > 1\"}]}}}}}]}}");

        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.message())
                .contains(
                        "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule",
                        "undefined field 'b'");
    }
}
