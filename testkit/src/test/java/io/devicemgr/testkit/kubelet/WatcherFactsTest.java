package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.pluginregistration.v1.PluginInfo;
import io.devicemgr.proto.pluginregistration.v1.RegistrationStatus;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Registration by the plugin watcher as it was seen with v1.36.2 (contract 1.C). */
class WatcherFactsTest extends KubeletScene {
    private static final RegistrationStatus GOOD =
            RegistrationStatus.newBuilder().setPluginRegistered(true).build();

    private final Path registry = root.resolve("plugins_registry");
    private final Path socket = registry.resolve("p-reg.sock");
    private final List<ScriptedRegistration> registrations = new ArrayList<>();
    private SimulatedKubelet kubelet;
    private ScriptedPlugin plugin;
    private ScriptedRegistration registration;

    @BeforeEach
    void pluginBesideTheKubeletsDirectory() throws IOException {
        kubelet = watching(o -> o);
        Path plugins = Files.createDirectories(root.resolve("plugins"));
        plugin = plugin(kubelet, RESOURCE, plugins.resolve("p.sock").toString()).offering("a", "b");
        registration = registration(plugin.socket.toString());
    }

    private SimulatedKubelet watching(UnaryOperator<SimulatedKubeletOptions> more) {
        return kubelet(o -> more.apply(o.withPluginsRegistry(registry).withWatcherInterval(Optional.empty())));
    }

    private ScriptedRegistration registration(String endpoint) {
        ScriptedRegistration made = new ScriptedRegistration(RESOURCE, endpoint);
        registrations.add(made);
        return made;
    }

    @AfterEach
    void closeRegistrations() {
        registrations.forEach(ScriptedRegistration::close);
    }

    private void join() {
        plugin.serve();
        registration.serve(socket);
        kubelet.watcherTick();
        counts(kubelet, 2, 2);
        await().atMost(SOON).until(() -> plugin.streams() > 0);
    }

    // Rule 33.
    @Test
    void pluginIsAskedThenConnectedThenTold() {
        join();

        assertThat(kubelet.calls().all())
                .extracting(Call::rpc)
                .startsWith(Rpc.GET_INFO, Rpc.GET_DEVICE_PLUGIN_OPTIONS, Rpc.LIST_AND_WATCH);
        assertThat(kubelet.calls().count(Rpc.NOTIFY_REGISTRATION_STATUS, RESOURCE))
                .isEqualTo(1);
        assertThat(registration.statuses).containsExactly(GOOD);
        kubelet.assertNoViolations();
    }

    @Test
    void withoutARegistryDirectoryThereIsNoWatcher() {
        kubelet.stop();
        SimulatedKubelet plain = kubelet();

        assertThatThrownBy(plain::watcherTick).hasMessageContaining("no registry directory");
    }

    // Rule 33: the loop runs by itself, every second unless told otherwise.
    @Test
    void theLoopRunsByItself() {
        kubelet.stop();
        assertThat(SimulatedKubeletOptions.below(root).watcherInterval()).contains(Duration.ofSeconds(1));
        kubelet = watching(o -> o.withWatcherInterval(Optional.of(Duration.ofMillis(20))));
        plugin.serve();

        registration.serve(socket);

        counts(kubelet, 2, 2);
        assertThat(registration.infos.get()).isEqualTo(1);
    }

    // Rule 28.
    @Test
    void socketsInSubDirectoriesAreFound() {
        plugin.serve();
        registration.serve(registry.resolve("vendor").resolve("deep").resolve("p-reg.sock"));

        kubelet.watcherTick();

        counts(kubelet, 2, 2);
    }

    // Rule 28.
    @Test
    void dotFilesAndOtherFilesArePassedOver() throws IOException {
        plugin.serve();
        registration.serve(registry.resolve(".p-reg.sock"));
        Files.writeString(registry.resolve("note.sock"), "not a socket");

        kubelet.watcherTick();

        assertThat(kubelet.calls().all()).isEmpty();
        assertThat(registration.infos.get()).isZero();
    }

    // Rule 3: the watcher has no authority of its own, the Device Manager says "localhost".
    @Test
    void watcherSendsTheEncodedPathAndTheDeviceManagerLocalhost() {
        join();

        assertThat(registration.authorities).containsOnly(socket.toString().replace("/", "%2F"));
        assertThat(plugin.authorities).containsOnly("localhost");
    }

    // Rules 31 and 38: both services on one socket, no endpoint said.
    @Test
    void bothServicesCanShareOneSocket() {
        ScriptedRegistration shared = registration("");
        ScriptedPlugin both = plugin(
                        kubelet, RESOURCE, registry.resolve("both.sock").toString())
                .offering("a")
                .with(shared)
                .serve();

        kubelet.watcherTick();

        counts(kubelet, 1, 1);
        assertThat(shared.statuses).containsExactly(GOOD);
        assertThat(both.authorities)
                .contains("localhost", both.socket.toString().replace("/", "%2F"));
    }

    // Rule 30.
    @Test
    void infoThatTakesMoreThanASecondNeverRegistersAndIsNeverTold() {
        plugin.serve();
        CountDownLatch never = new CountDownLatch(1);
        PluginInfo late = registration.onInfo.get();
        registration.onInfo = () -> {
            waitFor(never);
            return late;
        };
        registration.serve(socket);

        kubelet.watcherTick();
        clock.advance(Duration.ofSeconds(1));
        kubelet.watcherTick();

        assertThat(registration.infos.get()).isEqualTo(2);
        assertThat(registration.statuses).isEmpty();
        assertThat(kubelet.calls().of(Rpc.GET_INFO, "").get(0).error().orElseThrow())
                .contains("DeadlineExceeded");
        assertThat(kubelet.statusTick()).doesNotContainKey(RESOURCE);
        never.countDown();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // Rule 31.
    @Test
    void unknownTypeIsRefused() {
        registration.saying(info -> info.setType("SomePlugin"));

        assertRefused("no handler registered for plugin type: SomePlugin at socket " + socket);
    }

    // Rule 31.
    @Test
    void versionsWithoutV1beta1AreRefused() {
        registration.saying(info -> info.clearSupportedVersions().addSupportedVersions("v1"));

        assertRefused("manager version, v1beta1, is not among plugin supported versions [v1]");
    }

    // Rules 17 and 31.
    @Test
    void aNameThatIsNoResourceIsRefused() {
        registration.saying(info -> info.setName("serial"));

        assertRefused("the ResourceName \"serial\" is invalid");
    }

    // Rule 31: a relative endpoint is looked for where the kubelet runs.
    @Test
    void aRelativeEndpointFailsAtTheDialLimit() {
        registration.saying(info -> info.setEndpoint("p.sock"));
        givingUpSoon(kubelet);

        assertRefused("plugin registration failed with err: failed to dial device plugin: context deadline exceeded");
    }

    private void assertRefused(String error) {
        plugin.serve();
        registration.serve(socket);

        kubelet.watcherTick();

        assertThat(registration.statuses).singleElement().satisfies(status -> {
            assertThat(status.getPluginRegistered()).isFalse();
            assertThat(status.getError()).contains(error);
        });
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isZero();
    }

    // Rule 33: seen at 0, +1, +3 and +6 s.
    @Test
    void failedAttemptsAreRepeatedWithBackOff() {
        registration.saying(info -> info.setType("SomePlugin")).serve(socket);
        List<Integer> attemptsAt = new ArrayList<>();
        for (int second = 0; second <= 20; second++) {
            int before = registration.infos.get();
            kubelet.watcherTick();
            if (registration.infos.get() > before) {
                attemptsAt.add(second);
            }
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(attemptsAt).containsExactly(0, 1, 3, 6, 11, 20);
    }

    // Rule 33.
    @Test
    void backOffNeverExceedsTwoMinutesAndTwoSeconds() {
        registration.saying(info -> info.setType("SomePlugin")).serve(socket);
        for (int attempt = 0; attempt < 12; attempt++) {
            clock.advance(Duration.ofMinutes(5));
            kubelet.watcherTick();
        }
        assertThat(registration.infos.get()).isEqualTo(12);

        clock.advance(Duration.ofSeconds(122));
        kubelet.watcherTick();
        assertThat(registration.infos.get()).isEqualTo(12);
        clock.advance(Duration.ofMillis(1));
        kubelet.watcherTick();
        assertThat(registration.infos.get()).isEqualTo(13);
    }

    // Rule 32.
    @Test
    void pluginThatCannotTakeTheGoodNewsIsDisconnectedAndTriedAgain() {
        plugin.serve();
        registration.onNotify = Status.INTERNAL.withDescription("not now");
        registration.serve(socket);

        kubelet.watcherTick();
        await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 0);
        registration.onNotify = Status.OK;
        clock.advance(Duration.ofSeconds(1));
        kubelet.watcherTick();

        counts(kubelet, 2, 2);
        assertThat(registration.infos.get()).isEqualTo(2);
    }

    // Rule 34.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void removingTheSocketDeregistersWhileTheServerServes(KubeletProfile profile) {
        kubelet.stop();
        kubelet = watching(o -> o.profile(profile));
        join();

        registration.removeSocket();
        kubelet.watcherTick();

        counts(kubelet, 2, 0);
        await().atMost(SOON).until(() -> plugin.cancelledStreams.get() == 1);
    }

    // Rule 34.
    @Test
    void makingTheSocketAnewRegistersAnew() {
        join();
        registration.removeSocket();
        kubelet.watcherTick();
        counts(kubelet, 2, 0);
        registration.stopServing();

        registration.serve(socket);
        kubelet.watcherTick();

        counts(kubelet, 2, 2);
    }

    // Rule 34: even when both happened between two passes.
    @Test
    void aSocketReplacedBetweenTwoPassesIsDeregisteredThenRegistered() {
        join();
        registration.stopServing();
        registration.serve(socket);

        kubelet.watcherTick();
        kubelet.watcherTick();

        counts(kubelet, 2, 2);
        assertThat(registration.infos.get()).isEqualTo(2);
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isEqualTo(2);
    }

    // Rule 35.
    @Test
    void endOfTheStreamIsNotFollowedByANewRegistrationWhileTheSocketStays() {
        join();

        plugin.endStream(Status.OK);
        counts(kubelet, 2, 0);
        clock.advance(Duration.ofSeconds(4));
        kubelet.watcherTick();

        assertThat(registration.infos.get()).isEqualTo(1);
        counts(kubelet, 2, 0);
    }

    // Rule 36.
    @Test
    void aRestartedKubeletFindsTheLivingPluginAgain() {
        join();

        kubelet.restart();
        counts(kubelet, 0, 0);
        kubelet.watcherTick();

        assertThat(socket).exists();
        counts(kubelet, 2, 2);
    }

    // Rule 36: the device plugin directory is cleaned, also of what the watcher was told.
    @Test
    void anEndpointAmongTheDevicePluginsIsCleanedAway() {
        ScriptedPlugin cleaned = plugin(kubelet).offering("a").serve();
        registration.saying(info -> info.setEndpoint(cleaned.socket.toString())).serve(socket);
        kubelet.watcherTick();
        counts(kubelet, 1, 1);

        kubelet.restart();
        givingUpSoon(kubelet);
        kubelet.watcherTick();

        assertThat(cleaned.socket).doesNotExist();
        assertThat(registration.statuses.get(1).getError()).contains("failed to dial device plugin");
    }

    // Rule 37.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothWaysForOneResourceAreAViolation(boolean watcherFirst) {
        ScriptedPlugin byItself = plugin(kubelet).offering("a", "b");
        if (watcherFirst) {
            join();
            join(kubelet, byItself);
        } else {
            join(kubelet, byItself);
            join();
        }

        assertViolation(kubelet, ViolationKind.REGISTERED_BOTH_WAYS);
    }

    // Table 1.N: nobody's deadline ends the options call.
    @Test
    void optionsHaveNoDeadlineHere() {
        CountDownLatch released = new CountDownLatch(1);
        plugin.onOptions = e -> {
            waitFor(released);
            return plugin.options;
        };
        plugin.serve();
        registration.serve(socket);

        CompletableFuture<Void> pass =
                CompletableFuture.runAsync(kubelet::watcherTick, task -> new Thread(task).start());
        kubelet.calls().await(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE, 1, SOON);
        // Longer than the second that GetInfo has.
        await().during(Duration.ofMillis(1500)).atMost(SOON).until(() -> !pass.isDone());
        released.countDown();

        pass.join();
        counts(kubelet, 2, 2);
    }

    // Rule 21: the switch that fails Register fails this way, too.
    @Test
    void registrationsCanBeMadeToFail() {
        kubelet.faults().rejectRegistrations(1, "not today");

        assertRefused("plugin registration failed with err: not today");
        clock.advance(Duration.ofSeconds(1));
        kubelet.watcherTick();

        counts(kubelet, 2, 2);
    }
}
