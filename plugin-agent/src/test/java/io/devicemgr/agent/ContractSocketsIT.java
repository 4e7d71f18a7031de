package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.agent.kubelet.RawKubelet;
import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.PodSpecification;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Group A of docs/kubelet-contract.md: sockets, directory and transport. */
@Execution(ExecutionMode.CONCURRENT)
class ContractSocketsIT extends AgentScenario {
    private static final int FRAME_HEADER = 9;
    private static final int TYPE_OF_FRAME = 3;
    private static final byte SETTINGS = 4;

    /** Rules 2 and 4. */
    @Test
    void theServerSpeaksCleartextHttp2AndSendsItsSettingsWithoutBeingAsked() throws IOException {
        serve();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(scene.pluginSocket(SERIAL)));
            channel.configureBlocking(false);
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER);
            await().atMost(LIMIT).until(() -> channel.read(frame) >= 0 && !frame.hasRemaining());
            assertThat(frame.get(TYPE_OF_FRAME)).isEqualTo(SETTINGS);
        }
    }

    /** Rule 3: the Device Manager sends the first, the plugin watcher such as the second. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "%2Fvar%2Flib%2Fkubelet%2Fplugins_registry%2Fdp.sock"})
    void everyAuthorityIsAccepted(String authority) throws IOException {
        scene.kubelet().faults().dialWithAuthority(authority);
        serve();
        scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1)).containers();
    }

    /** Rules 6 and 7. */
    @Test
    void onlyTheOwnSocketsAreMadeAndOnlyTheyAreRemoved() throws IOException {
        Path foreign = scene.pluginDirectory().resolve("other.sock");
        scene.kubelet().start();
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(foreign));
            scene.startAgent();
            scene.awaitAllocatable(SERIAL, 1);
            scene.awaitAllocatable(CAMERA, 1);
            scene.awaitVerified();
            assertThat(files())
                    .as("what else there is belongs to the kubelet and to somebody else")
                    .filteredOn(name -> !name.matches("dp-[0-9a-f]{8}-[0-9a-z]{6}\\.sock"))
                    .containsExactlyInAnyOrder("kubelet.sock", "kubelet_internal_checkpoint", "other.sock");
            scene.stopAgent();
            assertThat(files()).containsExactlyInAnyOrder("kubelet.sock", "kubelet_internal_checkpoint", "other.sock");
        }
    }

    /** Rule 10: more than 4 MiB of ids, as 130,000 of 36 characters are. */
    @Test
    void theLargestRequestOfAKubeletIsAccepted() throws IOException {
        serve();
        try (RawKubelet kubelet = new RawKubelet(scene.pluginSocket(SERIAL))) {
            assertThat(kubelet.prefer(RawKubelet.ids(130_000, 36), List.of(), 1))
                    .startsWith("OK");
        }
    }

    /** Rule 11. */
    @Test
    void anAnswerThatTheKubeletCannotReadIsARefusalThatItCan() throws IOException {
        Map<String, String> large = Map.of("LARGE", "x".repeat(5_000_000));
        Allocation rule = new Allocation(null, null, large, null, null, null, null);
        scene.kubelet().start();
        scene.startAgent(new AgentSettings(
                "lab",
                "uid",
                null,
                false,
                List.of(new DeviceResource(
                        SERIAL, List.of(DeviceSelector.path("/dev/ttyUSB*")), null, null, rule, null)),
                null));
        scene.awaitAllocatable(SERIAL, 1);
        AdmissionResult result = scene.kubelet().admit(PodSpecification.of("logger", SERIAL, 1));
        assertThat(result.toString()).contains("Rejected", "the kubelet takes 4194304", "shorten env");
    }

    /** Rule 12. */
    @Test
    void callsAreServedBesideEachOtherAndBesideTheStream() throws IOException {
        serve();
        try (RawKubelet kubelet = new RawKubelet(scene.pluginSocket(SERIAL))) {
            List<Supplier<String>> calls = List.of(
                    () -> kubelet.allocate(List.of(List.of("ttyUSB0"))), () -> kubelet.preStart(List.of("ttyUSB0")));
            List<CompletableFuture<String>> answers = IntStream.range(0, 100)
                    .mapToObj(i -> CompletableFuture.supplyAsync(calls.get(i % 2)))
                    .toList();
            scene.plug("ttyUSB1", "zero");
            scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Healthy"));
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).startsWith("OK"));
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(scene.pluginDirectory())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
