package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.kubelet.OldKubelet;
import io.devicemgr.testkit.kubelet.Call;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.PodSpecification;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.StreamStart;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Group B of docs/kubelet-contract.md: registration by Register. */
@ParameterizedClass
@EnumSource(KubeletProfile.class)
@Execution(ExecutionMode.CONCURRENT)
class ContractRegistrationIT extends AgentScenario {
    ContractRegistrationIT(KubeletProfile profile) {
        super(profile);
    }

    /** Rules 14, 18, 19 and 25: each resource by one Register, within which the options are answered. */
    @Test
    void theKubeletIsServedWhileItRegisters() throws IOException {
        scene.kubelet().faults().startStreams(StreamStart.AFTER_REPLY);
        serve();
        for (String resource : List.of(SERIAL, CAMERA)) {
            List<Call> calls = calls(resource);
            assertThat(calls)
                    .extracting(Call::rpc)
                    .containsExactly(Rpc.REGISTER, Rpc.GET_DEVICE_PLUGIN_OPTIONS, Rpc.LIST_AND_WATCH);
            assertThat(calls).extracting(Call::error).allMatch(error -> error.isEmpty());
        }
        assertThat(scene.pluginSocket(SERIAL)).isNotEqualTo(scene.pluginSocket(CAMERA));
    }

    /** Rule 23. */
    @ParameterizedTest
    @EnumSource(
            names = {"BEFORE_REPLY", "AFTER_REPLY"},
            value = StreamStart.class)
    void theStreamMayComeBeforeTheAnswerOrAfterIt(StreamStart start) throws IOException {
        scene.kubelet().faults().startStreams(start);
        serve();
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().openStreams(SERIAL)).isEqualTo(1);
    }

    /** Rules 15, 16, 20 and 24. */
    @Test
    void aKubeletThatAnswersBeforeItDialsIsServedToo() throws Exception {
        try (OldKubelet old = new OldKubelet(scene.pluginDirectory())) {
            scene.startAgent();
            OldKubelet.Registration registration = old.registration();
            assertThat(registration.version()).isEqualTo("v1beta1");
            assertThat(registration.endpoint())
                    .isEqualTo(Path.of(registration.endpoint()).getFileName().toString());
            assertThat(registration.deadlineSeconds()).isGreaterThanOrEqualTo(15);
            assertThat(scene.pluginDirectory().resolve(registration.endpoint())).exists();
            Queue<Map<String, String>> lists = old.read(registration);
            await().atMost(LIMIT).until(() -> lists.stream().anyMatch(list -> list.containsValue("Healthy")));
        }
        Files.deleteIfExists(scene.pluginDirectory().resolve("kubelet.sock"));
    }

    /** Rule 24, with all that follows. */
    @Test
    void aKubeletOfOldOffersTheDevices() throws IOException {
        scene.kubelet().faults().answerRegistrationsFirst(true);
        serve();
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1)).containers();
    }

    /** Rules 23 and 25: who reads the list has taken the registration, whatever became of the answer. */
    @Test
    void aLostAnswerIsNoReasonToRegisterAgain() throws IOException {
        scene.kubelet().faults().startStreams(StreamStart.BEFORE_REPLY);
        scene.kubelet().faults().loseRegisterReplies(2);
        serve();
        assertThat(scene.kubelet().calls().count(Rpc.REGISTER, SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().openStreams(SERIAL)).isEqualTo(1);
    }

    /** Rule 21: by whatever it fails, and whoever is to blame. */
    @Test
    void everyErrorIsRetriedUntilItIsGone() throws IOException {
        scene.kubelet().faults().rejectRegistrations(4, "failed to dial device plugin: context deadline exceeded");
        serve();
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().registrations(CAMERA)).isEqualTo(1);
        assertThat(calls(SERIAL).size() + calls(CAMERA).size()).isEqualTo(4 + 2 * 3);
    }

    /** Rule 22, and who must act. */
    @Test
    void aKubeletSocketThatNobodyListensOnIsNamed() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(scene.pluginDirectory().resolve("kubelet.sock")));
        }
        scene.startAgent();
        scene.awaitReport(status -> status.resources().stream()
                .allMatch(resource -> String.valueOf(resource.lastError())
                        .matches(
                                "nobody answers at .*kubelet.sock \\(Connection refused.*\\): the kubelet is down or starting;"
                                        + " look at the kubelet of this node")));
    }

    /** Rule 25, while devices come and go. */
    @Test
    void thereIsNoSecondRegisterWhileTheFirstIsAlive() throws IOException {
        serve();
        for (int i = 0; i < 3; i++) {
            scene.unplug("ttyUSB0");
            scene.awaitAllocatable(SERIAL, 0);
            scene.plug("ttyUSB0", "null");
            scene.awaitAllocatable(SERIAL, 1);
        }
        scene.awaitVerified();
        assertThat(scene.kubelet().calls().count(Rpc.REGISTER, SERIAL)).isEqualTo(1);
        assertThat(scene.kubelet().openStreams(SERIAL)).isEqualTo(1);
    }

    private List<Call> calls(String resource) {
        return scene.kubelet().calls().all().stream()
                .filter(call -> call.resource().equals(resource))
                .toList();
    }
}
