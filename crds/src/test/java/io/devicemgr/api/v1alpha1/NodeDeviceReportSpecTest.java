package io.devicemgr.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeDeviceReportSpecTest {
    private static final String SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final String LONG_NODE = "n" + "0123456789".repeat(24) + ".example.com";

    @Test
    void nameIsDeploymentAndNode() {
        assertThat(NodeDeviceReport.nameOf("lab", "w-1.example.com")).isEqualTo("lab.w-1.example.com");
    }

    @Test
    void aNameThatWouldBeTooLongIsShortenedAndStaysANameOfItsOwn() {
        String deployment = "d".repeat(63);
        String one = NodeDeviceReport.nameOf(deployment, LONG_NODE);
        String other = NodeDeviceReport.nameOf(deployment, LONG_NODE + "x");

        assertThat(one).hasSizeLessThanOrEqualTo(253).matches(SUBDOMAIN).startsWith(deployment + ".n0123");
        assertThat(other).isNotEqualTo(one).matches(SUBDOMAIN);
    }

    @Test
    void whereverItIsCutTheNameIsValid() {
        String node = "a.b-c".repeat(50);
        for (int length = 1; length <= 63; length++) {
            assertThat(NodeDeviceReport.nameOf("d".repeat(length), node))
                    .hasSizeLessThanOrEqualTo(253)
                    .matches(SUBDOMAIN);
        }
    }
}
