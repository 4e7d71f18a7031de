package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.devicemgr.api.v1alpha1.AgentSpec.Registration;
import io.devicemgr.testkit.kubelet.Call;
import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.Rpc;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Group C of docs/kubelet-contract.md: registration by the plugin watcher. */
@ParameterizedClass
@EnumSource(KubeletProfile.class)
@Execution(ExecutionMode.CONCURRENT)
class ContractWatcherIT extends AgentScenario {
    ContractWatcherIT(KubeletProfile profile) {
        super(profile);
    }

    @Override
    SimulatedKubeletOptions kubelet(SimulatedKubeletOptions options) {
        return options.withWatcherInterval(Optional.of(Duration.ofMillis(100)));
    }

    /** Rules 28 to 31, 37 and 38. */
    @Test
    void aSocketInTheRegistryIsAllThatTheKubeletNeeds() throws IOException {
        register();
        assertThat(AgentScene.sockets(scene.registryDirectory()))
                .hasSize(2)
                .allMatch(name -> name.matches("dp-[0-9a-f]{8}-[0-9a-z]{6}\\.sock"));
        assertThat(scene.pluginSockets()).isEmpty();
        assertThat(scene.kubelet().calls().all())
                .noneMatch(call -> call.rpc() == Rpc.REGISTER)
                .filteredOn(call -> call.rpc() == Rpc.GET_INFO && call.error().isEmpty())
                .as("a slow machine may need more of them than these")
                .hasSize(2);
    }

    /** Rule 32. */
    @Test
    void theKubeletsVerdictIsAcknowledged() throws IOException {
        register();
        assertThat(scene.kubelet().calls().of(Rpc.NOTIFY_REGISTRATION_STATUS, SERIAL))
                .singleElement()
                .satisfies(call -> assertThat(call.error()).isEmpty());
    }

    /** Rules 32 and 33: bad news is taken, shown, and answered by another socket, whatever the kubelet does with the first. */
    @Test
    void aRefusalIsShownAndTriedAgain() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().rejectRegistrations(Integer.MAX_VALUE, "not today");
        scene.startAgent(Registration.PluginWatcher);
        scene.awaitReport(status -> status.resources().stream()
                .anyMatch(resource -> String.valueOf(resource.lastError()).contains("plugin watcher refused")
                        && resource.lastError().contains("not today")));
        scene.kubelet().faults().rejectRegistrations(0, "");
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitReport(status -> status.resources().stream().allMatch(resource -> resource.lastError() == null));
        assertThat(scene.kubelet().calls().of(Rpc.GET_INFO, "").stream()
                        .map(Call::socket)
                        .distinct())
                .hasSizeGreaterThan(2);
    }

    /** Rule 34. */
    @Test
    void aSocketThatSomebodyDeletesIsMadeAnew() throws IOException {
        register();
        List<String> before = AgentScene.sockets(scene.registryDirectory());
        for (String socket : before) {
            Files.delete(scene.registryDirectory().resolve(socket));
        }
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        assertThat(AgentScene.sockets(scene.registryDirectory())).hasSize(2).doesNotContainAnyElementsOf(before);
    }

    /** Rule 35: the watcher does nothing about a stream that has ended. */
    @Test
    void aStreamThatEndsIsFollowedByAnotherSocket() throws IOException {
        register();
        List<String> before = AgentScene.sockets(scene.registryDirectory());
        scene.kubelet().faults().cancelStream(SERIAL);
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(SERIAL, 1);
        assertThat(AgentScene.sockets(scene.registryDirectory()))
                .hasSize(2)
                .filteredOn(before::contains)
                .as("the other resource is left alone")
                .hasSize(1);
    }

    /** Rules 35 and 84. */
    @Test
    void aKubeletThatDoesNotReadTheListIsOfferedAnotherSocket() throws IOException {
        scene.kubelet().start();
        scene.kubelet().faults().neverCallListAndWatch(1);
        scene.startAgent(Registration.PluginWatcher);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
    }

    /** Rule 36. */
    @Test
    void aKubeletThatRestartsFindsItsPluginsAgain() throws IOException {
        register();
        List<String> before = AgentScene.sockets(scene.registryDirectory());
        scene.kubelet().restart();
        // The kubelet may find the sockets of before first, which the agent takes away.
        awaitShownAnew(before);
        scene.awaitServed(SERIAL, 2);
        scene.awaitServed(CAMERA, 2);
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        assertThat(AgentScene.sockets(scene.registryDirectory())).hasSize(2);
    }

    /** Rules 26 and 36: a kubelet that crashed comes back and is already dialling the socket that it finds. */
    @Test
    void theSocketThatAStartingKubeletFindsIsLeftAlone() throws IOException {
        register();
        List<String> before = AgentScene.sockets(scene.registryDirectory());
        scene.kubelet().kill();
        List<String> found = awaitShownAnew(before);
        scene.kubelet().start();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
        assertThat(shown()).containsExactlyInAnyOrderElementsOf(found);
        scene.stopAgent();
        scene.awaitAllocatable(SERIAL, 0);
        scene.awaitAllocatable(CAMERA, 0);
    }

    private List<String> awaitShownAnew(List<String> before) {
        return await().atMost(LIMIT)
                .until(this::shown, shown -> shown.size() == 2 && shown.stream().noneMatch(before::contains));
    }

    private List<String> shown() throws IOException {
        return AgentScene.sockets(scene.registryDirectory()).stream()
                .filter(name -> !name.startsWith("."))
                .toList();
    }

    /** Rules 6 and 34. */
    @Test
    void anAgentThatStopsIsDeregistered() throws IOException {
        register();
        scene.stopAgent();
        assertThat(scene.registryDirectory()).isEmptyDirectory();
        scene.awaitAllocatable(SERIAL, 0);
    }

    private void register() throws IOException {
        scene.kubelet().start();
        scene.startAgent(Registration.PluginWatcher);
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
    }
}
