package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus;
import io.devicemgr.api.v1alpha1.NodeDeviceReportStatus.KubeletSocket;
import io.devicemgr.testkit.kubelet.Call;
import io.devicemgr.testkit.kubelet.ContainerDevices;
import io.devicemgr.testkit.kubelet.HandOverHold;
import io.devicemgr.testkit.kubelet.HandOverStep;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.Rpc;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Bad days: whatever the kubelet does, the devices are offered again in the end, and the contract is kept. */
@ParameterizedClass
@EnumSource(KubeletProfile.class)
@Execution(ExecutionMode.CONCURRENT)
class KubeletFaultsIT extends AgentScenario {
    KubeletFaultsIT(KubeletProfile profile) {
        super(profile);
    }

    /** Rule 22. */
    @Test
    void aKubeletThatComesLaterFindsItsPlugins() throws Exception {
        scene.startAgent();
        scene.awaitReport(status -> status.kubeletSocket() == KubeletSocket.Missing
                && status.resources().stream()
                        .allMatch(resource ->
                                String.valueOf(resource.lastError()).contains("kubelet.sock is not there")));
        assertThat(scene.get("/readyz").statusCode()).isEqualTo(503);
        assertThat(scene.get("/readyz").body()).contains(SERIAL, CAMERA, "kubelet.sock");
        assertThat(scene.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(scene.pluginSockets()).isEmpty();
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitReport(status -> status.kubeletSocket() == KubeletSocket.Present);
        scene.awaitReady();
    }

    /** Rule 22. */
    @Test
    void aDeadSocketOfTheKubeletIsNoKubelet() throws IOException {
        Path socket = scene.pluginDirectory().resolve("kubelet.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        scene.startAgent();
        scene.awaitReport(status -> status.resources().stream()
                .allMatch(resource -> !resource.registered() && resource.lastError() != null));
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
    }

    /** Rule 86. */
    @Test
    void aKubeletThatIsRestartedInGoodOrderGetsItsPluginsBack() throws IOException {
        serve();
        scene.kubelet().stop();
        scene.awaitReport(status -> status.kubeletSocket() == KubeletSocket.Missing);
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    /** Rules 44, 61, 86, 89. */
    @Test
    void aKubeletThatIsKilledGetsItsPluginsBackAndPodsKeepTheirDevices() throws IOException {
        serve();
        PodSpecification pod = PodSpecification.of("logger", SERIAL, 1);
        ContainerDevices given = scene.kubelet().admit(pod).containers().get("main");
        scene.kubelet().restart();
        scene.awaitAllocatable(SERIAL, 1);
        assertThat(scene.kubelet()
                        .readmitPods()
                        .get(pod.uid())
                        .containers()
                        .get("main")
                        .ids(SERIAL))
                .isEqualTo(given.ids(SERIAL));
        assertThat(scene.kubelet().calls().count(Rpc.ALLOCATE, SERIAL)).isEqualTo(1);
    }

    /** Rules 86, 87. */
    @Test
    void aCleanUpThatComesLateDoesNotCostTheNewSocket() throws IOException {
        serve();
        List<String> before = scene.pluginSockets();
        scene.kubelet().kill();
        // The agent keeps trying the dead socket, so it has sockets of its own when the clean-up comes.
        await().atMost(LIMIT)
                .until(
                        scene::pluginSockets,
                        sockets -> sockets.size() == 2 && sockets.stream().noneMatch(before::contains));
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    @Test
    void restartsInARowAreSurvived() throws IOException {
        serve();
        for (int i = 0; i < 4; i++) {
            scene.kubelet().restart();
        }
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
    }

    /** Rule 21. */
    @Test
    void refusalsAreReportedAndRetried() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().rejectRegistrations(Integer.MAX_VALUE, "not today");
        scene.startAgent();
        scene.awaitReport(status -> status.resources().stream()
                .allMatch(resource -> String.valueOf(resource.lastError()).contains("not today")));
        scene.kubelet().faults().rejectRegistrations(0, "");
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitReport(status -> status.resources().stream().allMatch(resource -> resource.lastError() == null));
    }

    /** Rules 52, 82, 83. */
    @Test
    void aStreamThatIsCancelledIsFollowedByAnotherRegistration() throws IOException {
        serve();
        scene.kubelet().faults().cancelStream(SERIAL);
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 1);
        assertThat(scene.kubelet().registrations(CAMERA))
                .as("the other resource is left alone")
                .isEqualTo(1);
    }

    /** Rule 84. */
    @Test
    void aKubeletThatDoesNotReadTheListIsAskedAgain() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().neverCallListAndWatch(2);
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    /** Rule 85. */
    @Test
    void aSilentLossIsFoundThroughPodResourcesAndRepaired() throws IOException {
        scene.kubelet().start();
        scene.startAgent();
        scene.kubelet().calls().await(Rpc.LIST_AND_WATCH, SERIAL, 1, LIMIT);
        await().atMost(LIMIT).until(() -> scene.kubelet().devices(SERIAL).isPresent());
        scene.kubelet().faults().loseSilently(SERIAL);
        // Found at once while the registration is being verified, otherwise after Allocate asks for a reading.
        scene.kubelet().admit(PodSpecification.of("viewer", CAMERA, 1));
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 1);
    }

    /** Rules 82, 93; a later kubelet does not have the fault. */
    @Test
    void theHandOverFaultOfTheKubeletHealsByItself() throws IOException {
        serve();
        try (HandOverHold hold = scene.kubelet().faults().holdHandOver(HandOverStep.LOOK_UP, SERIAL)) {
            scene.kubelet().faults().cancelStream(SERIAL);
            hold.awaitReached(LIMIT);
            scene.kubelet().calls().await(Rpc.LIST_AND_WATCH, SERIAL, 2, LIMIT);
        }
        if (profile() == KubeletProfile.K136) {
            // The kubelet now closes the new client in the place of the old one.
            scene.awaitServed(SERIAL, 3);
        }
        scene.awaitAllocatable(SERIAL, 1);
    }

    /** Rule 87. */
    @Test
    void aDeletedSocketDoesNotDisturbALivingRegistrationAndIsMadeAnewForTheNext() throws IOException {
        serve();
        scene.kubelet().faults().deletePluginSocket(SERIAL);
        scene.plug("ttyUSB1", "zero");
        scene.awaitAllocatable(SERIAL, 2);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        scene.kubelet().faults().cancelStream(SERIAL);
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 2);
    }

    @Test
    void aKubeletSocketThatGoesAwayAloneEndsNothing() throws IOException {
        serve();
        scene.kubelet().faults().deleteKubeletSocket();
        scene.awaitReport(status -> status.kubeletSocket() == KubeletSocket.Missing);
        scene.plug("ttyUSB1", "zero");
        scene.awaitAllocatable(SERIAL, 2);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
    }

    @Test
    void withoutPodResourcesTheDevicesAreOfferedUnverified() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().rejectPodResources(1_000);
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 1);
        NodeDeviceReportStatus report = scene.awaitReport(status -> status.resources().stream()
                .allMatch(resource -> String.valueOf(resource.lastError()).contains("PodResources")));
        assertThat(report.resources()).allMatch(resource -> resource.registered() && resource.verified() == null);
        scene.plug("ttyUSB1", "zero");
        scene.awaitAllocatable(SERIAL, 2);
    }

    /** Rules 9, 95. */
    @Test
    void everySocketHasANameOfItsOwn() throws IOException {
        serve();
        List<String> before = scene.pluginSockets();
        scene.kubelet().restart();
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        assertThat(scene.pluginSockets()).hasSize(2).doesNotContainAnyElementsOf(before);
    }

    /** Rule 5. */
    @Test
    void theSocketOfAKilledPredecessorIsRemoved() throws IOException {
        scene.kubelet().start();
        Path left = scene.pluginDirectory().resolve("dp-" + DeviceId.hash(SERIAL) + "-zzzzzz.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
        }
        scene.startAgent();
        await().atMost(LIMIT).until(() -> Files.notExists(left));
        scene.awaitAllocatable(SERIAL, 1);
    }

    /** Rule 14. */
    @Test
    void theServerIsThereBeforeItRegisters() throws IOException {
        serve();
        List<Call> calls = scene.kubelet().calls().all().stream()
                .filter(call -> call.resource().equals(SERIAL))
                .toList();
        assertThat(calls).extracting(Call::rpc).startsWith(Rpc.REGISTER);
        assertThat(scene.listed(SERIAL)).isEqualTo(Map.of("ttyUSB0", "Healthy"));
    }
}
