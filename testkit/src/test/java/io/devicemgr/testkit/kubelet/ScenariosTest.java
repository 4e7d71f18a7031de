package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.devicemgr.testkit.kubelet.AdmissionResult.Admitted;
import io.devicemgr.testkit.kubelet.AdmissionResult.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Upstream's e2e scenarios of device plugins that no other test of this package replays; the file is named with each. */
class ScenariosTest extends KubeletScene {
    private final PodSpecification pod = PodSpecification.of("p", RESOURCE, 1);

    private SimulatedKubelet kubelet;
    private ScriptedPlugin plugin;

    private void given(KubeletProfile profile) {
        kubelet = kubelet(o -> o.profile(profile));
        plugin = plugin(kubelet).offering("Dev-1", "Dev-2");
        join(kubelet, plugin);
    }

    private Set<String> admitted(PodSpecification admitted) {
        return kubelet.admit(admitted).containers().get("main").ids(RESOURCE);
    }

    // device_plugin_test.go:465.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void aSucceededPodIsNotAdmittedAgain(KubeletProfile profile) {
        given(profile);
        admitted(pod);
        kubelet.removePod(pod);
        plugin.stopServing();
        counts(kubelet, 2, 0);

        kubelet.restart();

        assertThat(kubelet.readmitPods()).isEmpty();
    }

    // device_plugin_test.go:518.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void assignmentsSurviveAPluginRestart(KubeletProfile profile) {
        given(profile);
        Set<String> ids = admitted(pod);
        kubelet.startContainer(pod, "main");

        plugin.stopServing();
        counts(kubelet, 2, 0);
        join(kubelet, plugin);

        counts(kubelet, 2, 2);
        assertThat(kubelet.restartContainer(pod, "main"))
                .isInstanceOfSatisfying(
                        StartResult.Started.class,
                        s -> assertThat(s.devices().ids(RESOURCE)).isEqualTo(ids));
        assertThat(plugin.allocations).hasSize(1);
    }

    // device_plugin_test.go:571.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void assignmentsSurviveARestartOfBoth(KubeletProfile profile) {
        given(profile);
        Set<String> ids = admitted(pod);
        kubelet.startContainer(pod, "main");

        plugin.stopServing();
        kubelet.restart();
        join(kubelet, plugin);

        assertThat(kubelet.readmitPods().get(pod.uid()).containers().get("main").ids(RESOURCE))
                .isEqualTo(ids);
        counts(kubelet, 2, 2);
    }

    // device_plugin_test.go:636.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void devicesOfPodsDeletedWhileTheKubeletWasDownAreFree(KubeletProfile profile) {
        given(profile);
        PodSpecification both = PodSpecification.of("both", RESOURCE, 2);
        admitted(both);

        kubelet.restart(() -> kubelet.removePod(both));
        plugin.stopServing();
        join(kubelet, plugin);
        kubelet.readmitPods();

        assertThat(admitted(PodSpecification.of("next", RESOURCE, 2))).hasSize(2);
        kubelet.assertNoViolations();
    }

    // device_manager_test.go:181: the plugin registers only after the pods were admitted again.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void aPodThatIsAdmittedAgainBeforeThePluginIsThereFails(KubeletProfile profile) {
        given(profile);
        admitted(pod);

        kubelet.restart();
        counts(kubelet, 0, 0);

        assertThat(kubelet.readmitPods().get(pod.uid())).isInstanceOf(Rejected.class);
        plugin.stopServing();
        join(kubelet, plugin);
        assertThat(kubelet.admit(PodSpecification.of("next", RESOURCE, 1))).isInstanceOf(Admitted.class);
    }

    // Rule 90, the other order: the plugin is up before the kubelet and finds dead sockets.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void afterARebootAPluginThatRegistersFirstKeepsThePods(KubeletProfile profile) {
        given(profile);
        Set<String> ids = admitted(pod);
        kubelet.startContainer(pod, "main");

        kubelet.reboot(() -> {
            plugin.stopServing();
            assertThat(kubelet.options().kubeletSocket()).exists();
            assertThatThrownBy(plugin::register).hasMessageContaining("UNAVAILABLE");
        });
        join(kubelet, plugin);

        assertThat(kubelet.readmitPods().get(pod.uid()).containers().get("main").ids(RESOURCE))
                .isEqualTo(ids);
    }

    // Rule 86: somebody removes the whole directory while the kubelet is down.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void aRemovedDirectoryIsMadeAnew(KubeletProfile profile) {
        given(profile);
        Path directory = kubelet.options().devicePluginsDir();

        kubelet.restart(() -> delete(directory));
        plugin.stopServing();
        join(kubelet, plugin);

        counts(kubelet, 2, 2);
    }

    private static void delete(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // device_plugin_failures_pod_status_test.go:126 and :186: also for a pod that never started.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void podStatusFollowsTheHealthOfItsDevice(KubeletProfile profile) {
        given(profile);
        String id = admitted(pod).iterator().next();
        assertThat(kubelet.deviceHealth(pod, "main", RESOURCE)).isEqualTo(Map.of(id, "Healthy"));

        plugin.send(Stream.of("Dev-1", "Dev-2")
                .map(each -> ScriptedPlugin.device(each, each.equals(id) ? "Unhealthy" : "Healthy"))
                .toList());

        await().atMost(SOON)
                .until(() -> kubelet.deviceHealth(pod, "main", RESOURCE).equals(Map.of(id, "Unhealthy")));
        assertThat(kubelet.drainPodUpdates()).containsOnly(pod.uid());
    }

    // device_plugin_multiple_test.go: one takes over from the other without a gap, if and only if the kubelet is a
    // later one.
    @ParameterizedTest
    @EnumSource(KubeletProfile.class)
    void rolloutWithSurgeIsWithoutGapOnLaterKubeletsOnly(KubeletProfile profile) {
        given(profile);
        ScriptedPlugin heir = plugin(kubelet).offering("Dev-1", "Dev-2");
        join(kubelet, heir);

        plugin.stopServing();

        if (profile == KubeletProfile.K136) {
            counts(kubelet, 2, 0);
        } else {
            await().atMost(SOON).until(() -> kubelet.openStreams(RESOURCE) == 1);
            await().during(Duration.ofMillis(200))
                    .until(() -> kubelet.statusTick().get(RESOURCE).equals(new DeviceCount(2, 2)));
            assertThat(admitted(pod)).isSubsetOf(List.of("Dev-1", "Dev-2"));
        }
    }
}
