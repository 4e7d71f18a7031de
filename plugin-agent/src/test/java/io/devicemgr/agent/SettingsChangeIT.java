package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.Sharing;
import io.devicemgr.testkit.TextFormatParser;
import io.devicemgr.testkit.TextFormatParser.Series;
import io.devicemgr.testkit.kubelet.AdmissionResult;
import io.devicemgr.testkit.kubelet.PodSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The settings change under a running agent, the way a kubelet updates a mounted ConfigMap. */
class SettingsChangeIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final DeviceResource SERIALS = AgentScene.resources().get(0);
    private static final DeviceResource CAMERAS = AgentScene.resources().get(1);

    private AgentScene scene;
    private Path volume;
    private int versions;

    @BeforeEach
    void node() throws IOException {
        scene = new AgentScene();
        scene.plug("ttyUSB0", "null");
        scene.plug("ttyUSB1", "zero");
        scene.plug("cam0", "full");
        scene.kubelet().start();
        volume = Files.createDirectory(scene.root().resolve("config"));
        mount(json(SERIALS));
        Files.createSymbolicLink(volume.resolve("settings.json"), Path.of("..data/settings.json"));
        scene.startAgent(volume.resolve("settings.json"), () -> scene.settings(volume.resolve("settings.json")));
        scene.awaitVerified();
        scene.awaitAllocatable(SERIAL, 2);
    }

    @AfterEach
    void judge() throws IOException {
        scene.judge();
    }

    @Test
    void goodSettingsTakeTheAgentOverWithoutANewProcess() throws Exception {
        mount(json(SERIALS, CAMERAS));
        scene.awaitServed(SERIAL, 2);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitAllocatable(SERIAL, 2);
        scene.awaitReady();
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(2);
        assertThat(scene.pluginSockets()).hasSize(2);
        assertThat(metrics())
                .containsEntry(series("settings_read_total", "outcome", "accepted"), 1.0)
                .containsEntry(series("registrations_total", "outcome", "accepted", "resource", SERIAL), 2.0)
                .containsEntry(series("settings_ok"), 1.0);
    }

    @Test
    void aResourceThatIsTakenOutIsNoLongerOffered() throws Exception {
        mount(json(CAMERAS));
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitAllocatable(SERIAL, 0);
        assertThat(scene.pluginSockets()).hasSize(1);
        assertThat(metrics().keySet())
                .noneMatch(each -> SERIAL.equals(each.labels().get("resource")));
    }

    @Test
    void aDeviceThatHasGoneBeforeTheChangeStaysListed() throws Exception {
        scene.unplug("ttyUSB0");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
        mount(json(SERIALS, CAMERAS));
        scene.awaitServed(SERIAL, 2);
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Unhealthy", "ttyUSB1", "Healthy"));
    }

    @Test
    void aDeviceWithAShareThatIsHeldIsNotGivenAwayAsAWhole() throws Exception {
        mount(json(shared(2)));
        scene.awaitAllocatable(SERIAL, 4);
        PodSpecification holder = PodSpecification.of("holder", SERIAL, 1);
        assertThat(scene.kubelet().admit(holder)).isInstanceOf(AdmissionResult.Admitted.class);
        mount(json(SERIALS));
        scene.awaitAllocatable(SERIAL, 1);
        mount(json(shared(3)));
        scene.awaitAllocatable(SERIAL, 6);
        mount(json(SERIALS));
        scene.awaitAllocatable(SERIAL, 1);
        scene.kubelet().removePod(holder);
        scene.agent().readPodResources();
        scene.awaitAllocatable(SERIAL, 2);
    }

    @Test
    void badSettingsAreToldAndTheOldOnesGoOn() throws Exception {
        mount("{ \"deployment\": ");
        scene.awaitReport(status -> String.valueOf(status.settingsError()).contains("settings.json"));
        assertThat(metrics())
                .containsEntry(series("settings_read_total", "outcome", "refused"), 1.0)
                .containsEntry(series("settings_ok"), 0.0);
        scene.unplug("ttyUSB1");
        scene.awaitListed(SERIAL, Map.of("ttyUSB0", "Healthy", "ttyUSB1", "Unhealthy"));
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(scene.get("/healthz").statusCode()).isEqualTo(200);
        mount(json(SERIALS));
        scene.awaitReport(status -> status.settingsError() == null);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(metrics()).containsEntry(series("settings_ok"), 1.0);
    }

    @Test
    void theSameSettingsInANewVersionChangeNothing() throws Exception {
        mount(json(SERIALS));
        mount("{");
        scene.awaitReport(status -> status.settingsError() != null);
        assertThat(scene.kubelet().registrations(SERIAL)).isEqualTo(1);
        assertThat(metrics()).containsEntry(series("settings_read_total", "outcome", "accepted"), 0.0);
    }

    /** A new directory, and a link that is renamed over the old one. */
    private void mount(String text) throws IOException {
        Path version = Files.createDirectory(volume.resolve("..2026_" + ++versions));
        Files.writeString(version.resolve("settings.json"), text);
        Path link = volume.resolve("..data_tmp");
        Files.createSymbolicLink(link, version.getFileName());
        Files.move(link, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Map<Series, Double> metrics() throws IOException, InterruptedException {
        return TextFormatParser.parse(scene.get("/metrics").body());
    }

    private static Series series(String name, String... labels) {
        Map<String, String> pairs = labels.length == 0
                ? Map.of()
                : labels.length == 2
                        ? Map.of(labels[0], labels[1])
                        : Map.of(labels[0], labels[1], labels[2], labels[3]);
        return new Series("devicemgr_agent_" + name, pairs);
    }

    private static DeviceResource shared(int replicas) {
        return new DeviceResource(SERIAL, SERIALS.discover(), new Sharing(replicas, false), null, null, null);
    }

    private static String json(DeviceResource... resources) {
        return new AgentSettings("lab", "uid", null, false, List.of(resources), null).toJson();
    }
}
