package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Holder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OccupancyTest {
    private static final Holder MINE = new Holder("default", "mine", "main");
    private static final Holder OTHER = new Holder("default", "other", "main");

    @Test
    void theStartingContainerDoesNotDisturbItself() {
        assertThat(others(Map.of("gpu::0", List.of(MINE)), "gpu::0")).isNull();
        assertThat(others(Map.of("gpu::0", List.of(MINE), "gpu::1", List.of(MINE)), "gpu::0", "gpu::1"))
                .isNull();
        assertThat(others(Map.of(), "gpu::0")).isNull();
    }

    @Test
    void anotherShareOfTheDeviceIsAnotherContainer() {
        assertThat(others(Map.of("gpu::0", List.of(MINE), "gpu::1", List.of(OTHER)), "gpu::0"))
                .isEqualTo("container main of pod default/other");
        // A container that starts need not be listed yet, nor is an ordinary init container ever.
        assertThat(others(Map.of("gpu::1", List.of(OTHER)), "gpu::0")).contains("default/other");
    }

    @Test
    void aShareFromBeforeAChangeOfTheSharingCounts() {
        assertThat(others(Map.of("gpu", List.of(OTHER)), "gpu::0")).contains("default/other");
        assertThat(others(Map.of("gpu::7", List.of(OTHER)), "gpu")).contains("default/other");
    }

    @Test
    void twoHoldersOfOneIdAreOneTooMany() {
        assertThat(others(Map.of("gpu", List.of(MINE, OTHER)), "gpu")).contains("default/mine", "default/other");
    }

    @Test
    void otherDevicesDoNotMatter() {
        assertThat(others(Map.of("gpu2::0", List.of(OTHER), "gp", List.of(OTHER)), "gpu::0"))
                .isNull();
    }

    private static String others(Map<String, List<Holder>> holders, String... ids) {
        return new Occupancy(holders).othersThan(List.of(ids), "gpu").orElse(null);
    }
}
