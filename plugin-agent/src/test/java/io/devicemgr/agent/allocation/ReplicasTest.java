package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.devicemgr.agent.device.DeviceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicasTest {
    @Test
    void aDeviceThatIsOfferedOnceKeepsItsId() {
        assertThat(new Replicas(1).of("ttyUSB0")).containsExactly("ttyUSB0");
        assertThat(new Replicas(1).deviceOf("ttyUSB0")).contains("ttyUSB0");
        assertThat(new Replicas(1).deviceOf("ttyUSB0::0")).isEmpty();
    }

    @Test
    void aSharedDeviceHasAnIdForEachShare() {
        assertThat(new Replicas(3).of("gpu")).containsExactly("gpu::0", "gpu::1", "gpu::2");
        for (int count : new int[] {1, 2, 10, 11, 1000}) {
            Replicas replicas = new Replicas(count);
            assertThat(replicas.of("gpu"))
                    .hasSize(count)
                    .doesNotHaveDuplicates()
                    .allSatisfy(id -> assertThat(replicas.deviceOf(id)).contains("gpu"))
                    .allSatisfy(id -> assertThat(Replicas.device(id)).isEqualTo("gpu"));
        }
    }

    @Test
    void theLongestIdHasRoomForTheLongestSuffix() {
        String longest = "x".repeat(DeviceId.MAX_LENGTH);
        assertThat(new Replicas(1000).of(longest))
                .allSatisfy(id -> assertThat(id).hasSizeLessThanOrEqualTo(63));
    }

    @ParameterizedTest
    @CsvSource({
        "gpu::7, gpu",
        "gpu, gpu",
        "gpu::999, gpu",
        "a.b-c_d::0, a.b-c_d",
        "gpu::1000, gpu::1000",
        "gpu::01, gpu::01"
    })
    void anIdFromBeforeAChangeOfTheSharingStillNamesItsDevice(String id, String device) {
        assertThat(Replicas.device(id)).isEqualTo(device);
    }

    @ParameterizedTest
    @CsvSource({"gpu", "gpu::3", "gpu::-1", "gpu::+1", "'gpu::1 '", "gpu::", "::1", "gpu::1::2x"})
    void anIdThatIsNotOfferedHasNoDevice(String id) {
        assertThat(new Replicas(3).deviceOf(id)).isEmpty();
    }

    @Test
    void aDeviceIsOfferedAtLeastOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Replicas(0));
    }
}
