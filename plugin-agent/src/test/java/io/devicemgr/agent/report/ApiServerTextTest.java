package io.devicemgr.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.json.Json;
import io.devicemgr.api.v1alpha1.NodeDeviceReportSpec;
import org.junit.jupiter.api.Test;

/** A probe's output and a serial number may have any character, and the report reaches the server nevertheless. */
class ApiServerTextTest {
    private static final String STRANGE = "a\u007fb\u0085c\u009fd\ufffee\uffff";
    private static final String PLAIN = "\u00e4\u20ac\ud83d\ude00 \t\u2028";

    @Test
    void whatYamlDoesNotReadIsEscapedAndTheRestStays() {
        String json = Json.write(new NodeDeviceReportSpec(STRANGE, PLAIN));

        String sent = ApiServer.asYaml(json);

        assertThat(sent).contains("a\\u007fb\\u0085c\\u009fd\\ufffee\\uffff").doesNotContain(STRANGE);
        assertThat(Json.read(sent, NodeDeviceReportSpec.class)).isEqualTo(new NodeDeviceReportSpec(STRANGE, PLAIN));
        assertThat(ApiServer.asYaml(Json.write(new NodeDeviceReportSpec("lab", PLAIN))))
                .isEqualTo(Json.write(new NodeDeviceReportSpec("lab", PLAIN)));
    }
}
