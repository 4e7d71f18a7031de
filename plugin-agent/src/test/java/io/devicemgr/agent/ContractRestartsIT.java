package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.HandOverHold;
import io.devicemgr.testkit.kubelet.HandOverStep;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.PodSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups I and J of docs/kubelet-contract.md: ends of streams, restarts, and two plugins for one resource. */
@ParameterizedClass
@EnumSource(KubeletProfile.class)
@Execution(ExecutionMode.CONCURRENT)
class ContractRestartsIT extends AgentScenario {
    ContractRestartsIT(KubeletProfile profile) {
        super(profile);
    }

    /**
     * Rules 82, 83 and 85: wherever the kubelet stands when the agent is back, which takes the second of the pause. A kubelet of
     * 1.36 then takes the new registration down too, which shows in the end of its stream or in PodResources only.
     */
    @ParameterizedTest
    @EnumSource(HandOverStep.class)
    void anEndedStreamIsFollowedByARegistrationWhateverTheKubeletIsDoing(HandOverStep step) throws IOException {
        serve();
        try (HandOverHold hold = scene.kubelet().faults().holdHandOver(step, SERIAL)) {
            scene.kubelet().faults().cancelStream(SERIAL);
            hold.awaitReached(LIMIT);
            // Before the list is taken, the step would leave devices that look healthy and cannot be had (fact 5).
            scene.awaitServed(SERIAL, 2);
        }
        if (profile() == KubeletProfile.K136) {
            // The minute between two readings is not waited for; faster than this the agent does not read.
            await().atMost(LIMIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                scene.agent().readPodResources();
                return scene.kubelet().serves(SERIAL, 3);
            });
        }
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitVerified();
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1)).containers();
    }

    /** Rule 85: a loss that only PodResources shows, after everything had been well. */
    @Test
    void aSilentLossIsRepairedAlsoAfterTheFirstVerification() throws IOException {
        serve();
        scene.kubelet().faults().loseSilently(SERIAL);
        scene.agent().readPodResources();
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 1);
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1)).containers();
        assertThat(scene.kubelet().registrations(CAMERA)).isEqualTo(1);
    }

    /** Rule 86: the directory may be another one than before. */
    @Test
    void aDirectoryThatIsReplacedIsFoundAgain() throws IOException {
        serve();
        scene.kubelet().kill();
        try (Stream<Path> files = Files.list(scene.pluginDirectory())) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(scene.pluginDirectory());
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    /** Rules 86 and 87: a socket that is bound before the clean-up is lost in it. */
    @Test
    void aSocketThatTheCleanUpTakesIsBoundAgain() throws IOException {
        serve();
        List<String> before = scene.pluginSockets();
        scene.kubelet()
                .restart(() -> await().atMost(LIMIT)
                        .until(() -> scene.pluginSockets().stream().anyMatch(name -> !before.contains(name))));
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
    }

    /** Rules 89 and 90, and test/e2e_node/device_plugin_test.go:938. */
    @Test
    void afterARebootPodsThatComeBeforeTheAgentFailAndLaterOnesGetDevices() throws IOException {
        serve();
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 1);
        scene.kubelet().admit(pod).containers();
        scene.stopAgent();
        scene.kubelet().reboot();
        AdmissionResult early = scene.kubelet().readmitPods().get(pod.uid());
        assertThat(early.toString())
                .contains("UnexpectedAdmissionError", "no healthy devices present; cannot allocate unhealthy devices");
        scene.kubelet().removePod(pod);
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 1);
        scene.kubelet().admit(PodSpecification.of("later", SERIAL, 1)).containers();
    }

    /** Rules 22, 86 and 90: the agent is up first and finds the dead sockets of the time before. */
    @Test
    void afterARebootTheAgentMayBeUpBeforeTheKubelet() throws IOException {
        serve();
        scene.stopAgent();
        scene.kubelet().kill();
        scene.kubelet().reboot(this::startAndWaitForTheDeadSocket);
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
    }

    private void startAndWaitForTheDeadSocket() {
        try {
            scene.startAgent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        scene.awaitReport(status -> status.resources().stream()
                .allMatch(resource -> String.valueOf(resource.lastError()).contains("nobody answers")));
    }

    /** Rules 93 and 94: the first of two agents ends, as in a rolling update with surge. */
    @Test
    void theSecondOfTwoAgentsServesAfterTheEndOfTheFirst() throws IOException {
        serve();
        AgentHost first = scene.agent();
        scene.startAgent();
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitVerified();
        first.close();
        if (profile() == KubeletProfile.K136) {
            scene.awaitServed(SERIAL, 3);
            scene.awaitServed(CAMERA, 3);
        }
        await().atMost(LIMIT).until(() -> scene.kubelet().openStreams(SERIAL) == 1);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        awaitAdmission("logger");
    }

    /** Rules 93 and 94: the second gives up again. A kubelet of 1.36 has then lost the first as well, which notices by itself. */
    @Test
    void theFirstOfTwoAgentsServesAfterTheEndOfTheSecond() throws IOException {
        serve();
        scene.startAgent();
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitVerified();
        scene.stopAgent();
        if (profile() == KubeletProfile.K136) {
            scene.awaitServed(SERIAL, 3);
        }
        await().atMost(LIMIT).until(() -> scene.kubelet().openStreams(SERIAL) == 1);
        scene.awaitAllocatable(SERIAL, 1);
        awaitAdmission("logger");
    }

    /** Rule 95: as little as possible is registered, and whatever is refused is tried again. */
    @Test
    void alreadyConnectedIsNoReasonToGiveUp() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().rejectRegistrations(2, "device plugin already connected: dp.sock");
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    private void awaitAdmission(String name) {
        int[] attempt = {0};
        await().atMost(LIMIT)
                .until(() -> scene.kubelet().admit(PodSpecification.of(name + attempt[0]++, SERIAL, 1))
                        instanceof AdmissionResult.Admitted);
        assertThat(scene.listed(SERIAL)).containsEntry("ttyUSB0", "Healthy").doesNotContainValue("Unhealthy");
    }
}
