package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedConditionTest {
    private final Scene scene = new Scene();

    @Test
    void aFirstRolloutIsNotReadyBeforeTheNodeAdvertisesTheDevices() {
        scene.worker("w-1", 2).node("w-1", true, 0).status();
        scene.now = Scene.START.plusSeconds(10);
        StatusResult result = scene.result();

        assertThat(advertised(result)).isEqualTo("Unknown Pending");
        assertThat(Scene.reasons(result.status())).containsEntry("Ready", "False RollingOut");
        assertThat(result.lookAgainIn()).contains(Duration.ofSeconds(20));

        scene.node("w-1", true, 2);
        assertThat(Scene.reasons(scene.status())).containsEntry("Ready", "True AllDevicesReady");
    }

    @Test
    void aDifferenceThatIsYoungKeepsWhatWasTrue() {
        scene.worker("w-1", 1).status();
        scene.now = Scene.START.plus(Duration.ofHours(1));
        scene.report("w-1", "rev", List.of(Scene.missing("tty0", scene.now)));
        StatusResult result = scene.result();

        assertThat(advertised(result)).isEqualTo("True InSync");
        assertThat(result.lookAgainIn()).contains(Duration.ofSeconds(30));
    }

    @Test
    void aDifferenceThatLastsNamesTheNodeAndBothNumbers() {
        scene.worker("w-1", 1).status();
        Instant lost = Scene.START.plus(Duration.ofHours(1));
        scene.now = lost;
        scene.report("w-1", "rev", List.of(Scene.missing("tty0", lost))).status();
        scene.now = lost.plusSeconds(30);
        StatusResult result = scene.result();

        assertThat(advertised(result)).isEqualTo("False KubeletOutOfSync");
        assertThat(Scene.condition(result.status(), ConditionType.Advertised).getMessage())
                .isEqualTo(
                        "1/1 nodes out of sync: w-1 example.com/serial: the agent lists 0 healthy devices, the node advertises 1; the kubelet's log on the node tells: its status may not reach the API server, or another device plugin has registered the name");
        assertThat(result.lookAgainIn()).isEmpty();
    }

    @Test
    void anAgentThatIsNotReadyPutsNoNodeOutOfSync() {
        scene.worker("w-1", 1).status();
        scene.now = Scene.START.plus(Duration.ofHours(1));
        scene.agent("w-1", "rev", false).node("w-1", true, 0);
        StatusResult result = scene.result();

        assertThat(advertised(result)).isEqualTo("Unknown Pending");
        assertThat(Scene.condition(result.status(), ConditionType.Advertised).getMessage())
                .isEqualTo("waiting for the agents on w-1");
    }

    /** An hour fast or slow: what counts is when the operator saw the difference first. */
    @ParameterizedTest
    @ValueSource(longs = {-3600, 3600})
    void theClockOfTheNodeDoesNotMatter(long skew) {
        scene.worker("w-1", 1).status();
        Instant lost = Scene.START.plus(Duration.ofHours(2));
        scene.now = lost;
        scene.report("w-1", "rev", List.of(Scene.missing("tty0", lost.plusSeconds(skew))));

        assertThat(advertised(scene.result())).isEqualTo("True InSync");
        scene.now = lost.plusSeconds(29);
        assertThat(advertised(scene.result())).isEqualTo("True InSync");
        scene.now = lost.plusSeconds(30);
        assertThat(advertised(scene.result())).isEqualTo("False KubeletOutOfSync");
    }

    @Test
    void aListThatChangesGivesTheKubeletItsTimeAgain() {
        scene.worker("w-1", 2).node("w-1", true, 0).status();
        scene.now = Scene.START.plusSeconds(20);
        scene.report("w-1", "rev", Scene.healthy(3)).status();
        scene.now = Scene.START.plusSeconds(49);

        assertThat(advertised(scene.result())).isEqualTo("Unknown Pending");
    }

    @Test
    void anOperatorThatStartsDoesNotForgetWhatItHasTold() {
        scene.worker("w-1", 2).node("w-1", true, 0).status();
        scene.now = Scene.START.plusSeconds(30);
        assertThat(advertised(scene.result())).isEqualTo("False KubeletOutOfSync");
        scene.sightings = Sightings.NONE;

        assertThat(advertised(scene.result())).isEqualTo("False KubeletOutOfSync");
    }

    @Test
    void whatWasTrueOfAnotherSpecIsNotTrueOfThisOne() {
        scene.worker("w-1", 1).status();
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).generation(4);
        scene.node("w-1", true, 0);

        assertThat(advertised(scene.result())).isEqualTo("Unknown Pending");
    }

    @Test
    void anAgentThatDoesNotKnowAResourceYetSaysNothingOfIt() {
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).offering("example.com/camera");
        scene.worker("w-1", 1);

        assertThat(advertised(scene.result())).isEqualTo("Unknown Pending");
    }

    @Test
    void aReportWithoutAnAgentIsStaleAndDoesNotCount() {
        scene.worker("w-1", 1).pods.clear();
        StatusResult result = scene.result();

        assertThat(advertised(result)).isEqualTo("Unknown AgentStale");
        assertThat(result.status().devices().total()).isZero();
    }

    @Test
    void aReportOfTheAgentBeforeDoesNotSpeakForTheNewOne() {
        scene.worker("w-1", 1).report("w-1", "old", Scene.healthy(1));

        assertThat(advertised(scene.result())).isEqualTo("Unknown Pending");
    }

    @Test
    void whatOnlyDiscoversNeedsNoKubelet() {
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).discoverOnly();
        scene.worker("w-1", 1).node("w-1", true, 0);

        assertThat(advertised(scene.result())).isEqualTo("True DiscoverOnly");
    }

    private static String advertised(StatusResult result) {
        return Scene.reasons(result.status()).get("Advertised");
    }
}
