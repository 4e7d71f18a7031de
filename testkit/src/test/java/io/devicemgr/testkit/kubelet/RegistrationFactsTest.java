package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.devicemgr.proto.deviceplugin.v1beta1.DevicePluginOptions;
import io.devicemgr.proto.deviceplugin.v1beta1.PreferredAllocationResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.RegisterRequest;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a v1.36.2 kubelet was seen to do around Register (contract 1.B). */
class RegistrationFactsTest extends KubeletScene {
    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            ScriptedPlugin plugin, Consumer<RegisterRequest.Builder> change) {
        return assertThatThrownBy(() -> plugin.register(change, null))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN));
    }

    // Fact 1, rule 14.
    @Test
    void registerReturnsOnlyAfterDialAndOptions() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).serve();

        plugin.register();

        Call options =
                kubelet.calls().of(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE).get(0);
        assertThat(options.ended()).isTrue();
        assertThat(options.error()).isEmpty();
    }

    // Rule 14.
    @Test
    void pluginThatDoesNotServeYetIsRefusedAfterTheDialLimit() {
        SimulatedKubelet kubelet = kubelet();
        givingUpSoon(kubelet);

        assertRefused(plugin(kubelet), r -> {})
                .hasMessageContaining("failed to dial device plugin: context deadline exceeded");
        assertThat(kubelet.calls().count(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE))
                .isZero();
    }

    // Rule 14: the dial is tried again until the limit.
    @Test
    void pluginThatStartsServingWhileRegisterIsPendingIsAccepted() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a");
        Thread registering = new Thread(plugin::register);
        registering.start();
        kubelet.calls().await(Rpc.REGISTER, RESOURCE, 1, SOON);

        plugin.serve();

        counts(kubelet, 1, 1);
        await().until(() -> !registering.isAlive());
    }

    // Rule 15.
    @ParameterizedTest
    @ValueSource(strings = {"", "v1alpha", "v1", "v1beta2", "V1BETA1"})
    void otherVersionIsRefused(String version) {
        assertRefused(plugin(kubelet()).serve(), r -> r.setVersion(version))
                .hasMessageContaining("requested API version \"" + version
                        + "\" is not supported by kubelet. Supported version is [\"v1beta1\"]");
    }

    // Rule 16.
    @ParameterizedTest
    @ValueSource(strings = {"sub/../p0.sock", "../device-plugins/p0.sock"})
    void endpointIsJoinedToTheDirectory(String endpoint) {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a").serve();

        plugin.register(r -> r.setEndpoint(endpoint), null);

        counts(kubelet, 1, 1);
        assertViolation(kubelet, ViolationKind.ENDPOINT_NOT_BARE);
    }

    // Rule 16.
    @Test
    void absoluteAndEmptyEndpointsFailAtTheDialLimit() {
        SimulatedKubelet kubelet = kubelet();
        givingUpSoon(kubelet);
        ScriptedPlugin plugin = plugin(kubelet).serve();

        assertRefused(plugin, r -> r.setEndpoint(plugin.socket.toString())).hasMessageContaining("failed to dial");
        assertRefused(plugin, r -> r.setEndpoint("")).hasMessageContaining("failed to dial");
    }

    // Rule 19, e2e device_plugin_failures_test.go:102.
    @Test
    void failingOptionsFailRegisterAndNothingElseIsCalled() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a").serve();
        plugin.onOptions = e -> {
            throw Status.INTERNAL.withDescription("no options today").asRuntimeException();
        };

        assertRefused(plugin, r -> {})
                .hasMessageContaining(
                        "failed to get device plugin options: rpc error: code = Internal desc = no options today");
        assertThat(kubelet.calls().count(Rpc.GET_DEVICE_PLUGIN_OPTIONS, RESOURCE))
                .isEqualTo(1);
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isZero();
        assertThat(kubelet.statusTick()).doesNotContainKey(RESOURCE);
    }

    // Rule 20.
    @Test
    void dialEndsWithTheDeadlineOfTheCaller() {
        SimulatedKubelet kubelet = kubelet();

        assertThatThrownBy(() -> plugin(kubelet).register(r -> {}, Deadline.after(2, TimeUnit.SECONDS)))
                .isInstanceOf(StatusRuntimeException.class);

        Call register = kubelet.calls().of(Rpc.REGISTER, RESOURCE).get(0);
        await().atMost(SOON).until(register::ended);
        assertThat(register.error()).contains("failed to dial device plugin: context deadline exceeded");
    }

    // Rule 20.
    @Test
    void optionsCallInheritsTheDeadlineOfTheCaller() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).serve();
        plugin.onOptions = e -> {
            await().atMost(SOON)
                    .until(() ->
                            kubelet.calls().of(Rpc.REGISTER, RESOURCE).get(0).ended());
            return plugin.options;
        };

        assertThatThrownBy(() -> plugin.register(r -> {}, Deadline.after(300, TimeUnit.MILLISECONDS)))
                .isInstanceOf(StatusRuntimeException.class);

        Call register = kubelet.calls().of(Rpc.REGISTER, RESOURCE).get(0);
        await().atMost(Duration.ofSeconds(5)).until(register::ended);
        assertThat(register.error().orElseThrow()).contains("failed to get device plugin options");
    }

    // Fact 2: options no/no in Register, yes/yes in the answer, and both optional calls were made.
    @Test
    void onlyTheOptionsOfTheDialBackCount() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet)
                .offering("a", "b")
                .preStart()
                .preferring(r -> PreferredAllocationResponse.getDefaultInstance())
                .serve();
        plugin.register(r -> r.setOptions(DevicePluginOptions.getDefaultInstance()), null);
        counts(kubelet, 2, 2);
        PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);

        kubelet.admit(pod);
        kubelet.startContainer(pod, "main");

        assertThat(kubelet.calls().count(Rpc.GET_PREFERRED_ALLOCATION, RESOURCE))
                .isEqualTo(1);
        assertThat(kubelet.calls().count(Rpc.PRE_START_CONTAINER, RESOURCE)).isEqualTo(1);
    }

    // Rule 24: an old kubelet would use those of Register.
    @Test
    void untruthfulOptionsInRegisterAreAWarning() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).preStart().serve();

        plugin.register(r -> r.setOptions(plugin.options), null);
        assertThat(kubelet.warnings()).isEmpty();
        plugin.register(r -> r.setOptions(DevicePluginOptions.getDefaultInstance()), null);

        assertThat(kubelet.warnings())
                .extracting(Violation::kind, Violation::detail)
                .containsExactly(tuple(
                        ViolationKind.OPTIONS_DIFFER,
                        "Register said preStart=false, preferred=false, GetDevicePluginOptions preStart=true,"
                                + " preferred=false"));
    }

    // Fact 3.
    @Test
    void serverThatIsBackOnTheSameSocketIsNotNoticed() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a");
        join(kubelet, plugin);

        plugin.stopServing();
        counts(kubelet, 1, 0);
        plugin.serve();

        await().during(Duration.ofMillis(500)).until(() -> kubelet.openStreams(RESOURCE) == 0);
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isEqualTo(1);
        assertThat(kubelet.statusTick()).containsEntry(RESOURCE, new DeviceCount(1, 0));
    }

    // Rule 25: three Registers, three streams on one plugin; the end of any of them takes the resource down.
    @Test
    void everyRegisterOpensAFurtherStreamAndTheEndOfOneTakesTheResourceDown() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a");
        join(kubelet, plugin);
        rejoin(kubelet, plugin);
        rejoin(kubelet, plugin);
        await().atMost(SOON).until(() -> plugin.streams() == 3);
        assertThat(kubelet.openStreams(RESOURCE)).isEqualTo(3);

        plugin.endStream(Status.OK);

        counts(kubelet, 1, 0);
        assertViolation(kubelet, ViolationKind.REGISTERED_TWICE);
    }

    // Rule 26.
    @Test
    void failedRivalRegistrationErasesTheRecordOfTheFirst() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a");
        join(kubelet, plugin);
        givingUpSoon(kubelet);
        assertRefused(plugin(kubelet), r -> {}).hasMessageContaining("failed to dial");

        plugin.stopServing();

        await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 0);
        await().during(Duration.ofMillis(200))
                .until(() -> kubelet.statusTick().get(RESOURCE).equals(new DeviceCount(1, 1)));
    }

    // Rule 3.
    @Test
    void pluginIsDialledWithAuthorityLocalhostOrWithWhatTheFaultSays() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a");
        join(kubelet, plugin);
        assertThat(plugin.authorities).isNotEmpty().containsOnly("localhost");

        String encoded = plugin.socket.toString().replace("/", "%2F");
        kubelet.faults().dialWithAuthority(encoded);
        rejoin(kubelet, plugin);

        assertThat(plugin.authorities).contains(encoded);
    }

    // Rule 18.
    @Test
    void everyResourceHasItsOwnSocketAndList() {
        SimulatedKubelet kubelet = kubelet();
        join(kubelet, plugin(kubelet).offering("a"));
        join(kubelet, plugin(kubelet, "example.com/camera", "camera.sock").offering("x", "y"));

        counts(kubelet, RESOURCE, 1, 1);
        counts(kubelet, "example.com/camera", 2, 2);
        kubelet.assertNoViolations();
    }

    // Rule 21.
    @Test
    void registrationsFailAsOftenAsTheFaultSays() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a").serve();
        kubelet.faults().rejectRegistrations(2, "the kubelet is not in the mood");

        assertRefused(plugin, r -> {}).hasMessageContaining("not in the mood");
        assertRefused(plugin, r -> {}).hasMessageContaining("not in the mood");
        rejoin(kubelet, plugin);

        assertThat(kubelet.registrations(RESOURCE)).isEqualTo(1);
    }

    // Rule 84.
    @Test
    void registrationCanStayWithoutListAndWatch() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).offering("a").serve();
        kubelet.faults().neverCallListAndWatch(1);

        plugin.register();

        assertThat(kubelet.registrations(RESOURCE)).isEqualTo(1);
        assertThat(kubelet.calls().count(Rpc.LIST_AND_WATCH, RESOURCE)).isZero();
        assertThat(kubelet.statusTick()).doesNotContainKey(RESOURCE);
        rejoin(kubelet, plugin);
    }

    // Rule 22.
    @Test
    void deadKubeletSocketRefusesConnections() {
        SimulatedKubelet kubelet = kubelet();
        ScriptedPlugin plugin = plugin(kubelet).serve();
        kubelet.kill();

        assertThat(kubelet.options().kubeletSocket()).exists();
        assertThatThrownBy(plugin::register)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
}
