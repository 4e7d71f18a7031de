package io.devicemgr.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.agent.AgentSettings.Environment;
import io.devicemgr.api.v1alpha1.HealthChecks;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void minimum() throws IOException {
        settings("{\"deployment\":\"lab\",\"resources\":[]}");
        environment.put(Environment.SETTINGS_FILE, file().toString());
        environment.put(Environment.NODE_NAME, "node-1");
        environment.put(Environment.POD_IP, "10.0.0.7");
        environment.put(Environment.API_HOST, "10.96.0.1");
    }

    @Test
    void defaultsAreThoseOfANode() throws ConfigurationException {
        AgentConfig config = AgentConfig.read(environment);
        assertThat(config)
                .isEqualTo(new AgentConfig(
                        new AgentSettings("lab", null, null, false, List.of(), null),
                        "",
                        "node-1",
                        "10.0.0.7",
                        8080,
                        Path.of("/var/lib/kubelet/device-plugins"),
                        Path.of("/var/lib/kubelet/pod-resources/kubelet.sock"),
                        Path.of("/var/lib/kubelet/plugins_registry"),
                        Path.of("/dev"),
                        Path.of("/sys"),
                        Path.of("/var/run/cdi"),
                        Path.of("/var/run/secrets/kubernetes.io/serviceaccount"),
                        URI.create("https://10.96.0.1:443")));
    }

    @Test
    void everyVariableCounts() throws ConfigurationException {
        environment.put(Environment.REVISION, "6f9c");
        environment.put(Environment.HEALTH_PORT, "9000");
        environment.put(Environment.DEVICE_PLUGINS_DIR, "/a/plugins");
        environment.put(Environment.POD_RESOURCES_DIR, "/a/pods");
        environment.put(Environment.PLUGINS_REGISTRY_DIR, "/a/registry");
        environment.put(Environment.DEV_DIR, "/a/dev");
        environment.put(Environment.SERVICE_ACCOUNT_DIR, "/a/account");
        environment.put(Environment.API_HOST, "fd00::1");
        environment.put(Environment.API_PORT, "6443");
        AgentConfig config = AgentConfig.read(environment);
        assertThat(config.revision()).isEqualTo("6f9c");
        assertThat(config.healthPort()).isEqualTo(9000);
        assertThat(config.pluginsRegistryDir()).isEqualTo(Path.of("/a/registry"));
        assertThat(config.devicePluginsDir()).isEqualTo(Path.of("/a/plugins"));
        assertThat(config.podResourcesSocket()).isEqualTo(Path.of("/a/pods/kubelet.sock"));
        assertThat(config.devDir()).isEqualTo(Path.of("/a/dev"));
        assertThat(config.serviceAccountDir()).isEqualTo(Path.of("/a/account"));
        assertThat(config.apiServer()).isEqualTo(URI.create("https://[fd00::1]:6443"));
    }

    /** What the operator of the first release wrote, and what one of a later release may write. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"deployment\":\"lab\",\"deploymentUid\":\"u\",\"discoverOnly\":false,\"logLevel\":\"info\",\"resources\":[{\"allocate\":"
                        + "{\"permissions\":\"rw\"},\"discover\":[{\"path\":{\"glob\":\"/dev/ttyUSB*\"}}],\"name\":\"example.com/serial\"}]}",
                "{\"deployment\":\"lab\",\"deploymentUid\":\"u\",\"later\":{\"a\":[1,{\"b\":null}]},\"resources\":[{\"colour\":\"red\","
                        + "\"discover\":[{\"path\":{\"glob\":\"/dev/ttyUSB*\",\"depth\":2}}],\"name\":\"example.com/serial\"}]}"
            })
    void settingsOfOtherReleasesAreUnderstood(String settings) throws IOException, ConfigurationException {
        settings(settings);

        AgentSettings read = AgentConfig.read(environment).settings();
        assertThat(read.deployment()).isEqualTo("lab");
        assertThat(read.resources()).singleElement().satisfies(resource -> {
            assertThat(resource.name()).isEqualTo("example.com/serial");
            assertThat(resource.discover().get(0).path().glob()).isEqualTo("/dev/ttyUSB*");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "NODE_NAME, '', is not set",
        "POD_IP, '', is not set",
        "KUBERNETES_SERVICE_HOST, '', is not set",
        "SETTINGS_FILE, '', is not set",
        "SETTINGS_FILE, /not/there, cannot be read",
        "HEALTH_PORT, abc, not a port",
        "HEALTH_PORT, 70000, not a port",
        "DEV_DIR, dev, not an absolute path",
        "KUBERNETES_SERVICE_HOST, a b, not a host"
    })
    void aBadVariableIsNamed(String name, String value, String problem) {
        environment.put(name, value);
        assertBad(name, problem);
    }

    @Test
    void aSocketPathThatIsTooLongIsNamed() {
        environment.put(Environment.DEVICE_PLUGINS_DIR, "/" + "x".repeat(100));
        assertBad("DEVICE_PLUGINS_DIR", "107");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json|settings file",
                "{}|settings file",
                "{\"deployment\":\"../x\",\"resources\":[]}|deployment '../x' is not the name",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}\"}}]}|stands for more than 256 paths",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/a\\u0000\"}}]}|no file name can have",
                "{\"name\":\"kubernetes.io/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}]}|spec.resources[0].name",
                "{\"name\":\"Foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}]}|spec.resources[0].name",
                "{\"name\":\"foo.com/x\",\"discover\":[]}|spec.resources[0].discover",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/etc/x\"}}]}|spec.resources[0].discover",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/[z-a]\"}}]}|spec.resources[0].discover[0].path.glob: '[z-a]' is not a glob",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"usb\":{\"expose\":[\"tty\"]}}]}|spec.resources[0].discover[0].usb must have vendorId or serialNumber",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"usb\":{\"vendorId\":\"403\"}}]}|spec.resources[0].discover[0].usb.vendorId",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"usb\":{\"vendorId\":\"0403\",\"expose\":[\"../x\"]}}]}|spec.resources[0].discover[0].usb.expose",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"pci\":{\"class\":\"0x0380\"}},{\"pci\":{\"deviceId\":\"0001\"}}]}|spec.resources[0].discover[1].pci",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"pci\":{\"driver\":\"../../x\"}}]}|spec.resources[0].discover[0].pci.driver",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{}}]}|spec.resources[0].discover[0].sysfs.subsystem",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{\"subsystem\":\"..\"}}]}|spec.resources[0].discover[0].sysfs.subsystem",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{\"subsystem\":\"a/b\"}}]}|spec.resources[0].discover[0].sysfs.subsystem",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{\"subsystem\":\"tty\",\"attributes\":{\"../x\":\"*\"}}}]}|spec.resources[0].discover[0].sysfs.attributes: '../x'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{\"subsystem\":\"tty\",\"attributes\":{\"/etc/passwd\":\"*\"}}}]}|spec.resources[0].discover[0].sysfs.attributes: '/etc/passwd'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"sysfs\":{\"subsystem\":\"tty\",\"properties\":{\"A=B\":\"*\"}}}]}|spec.resources[0].discover[0].sysfs.properties: 'A=B'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"bundle\":{\"globs\":[\"/dev/x\",\"/etc/x\"]}}]}|spec.resources[0].discover[0].bundle.globs: '/etc/x'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"bundle\":{\"globs\":[\"/dev/x\"]},\"path\":{\"glob\":\"/dev/x\"}}]}|spec.resources[0].discover[0] must have exactly one of",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"sharing\":{\"replicas\":1001}}|spec.resources[0].sharing.replicas is 1001",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"sharing\":{\"replicas\":0}}|spec.resources[0].sharing.replicas is 0",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"periodSeconds\":0}}|spec.resources[0].health.periodSeconds is 0",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"failureThreshold\":101}}|spec.resources[0].health.failureThreshold is 101",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"successThreshold\":-1}}|spec.resources[0].health.successThreshold is -1",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{}]}}|spec.resources[0].health.probes[0] has 0 of",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"open\":{}},{\"open\":{},\"command\":{\"command\":[\"/a\"]}}]}}|spec.resources[0].health.probes[1] has 2 of",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}},{\"open\":{}}]}}|spec.resources[0].health.probes has 9",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"sysfsAttribute\":{\"path\":\"/x\",\"in\":[\"1\"]}}]}}|spec.resources[0].health.probes[0].sysfsAttribute.path '/x'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"sysfsAttribute\":{\"path\":\"a/../x\",\"in\":[\"1\"]}}]}}|spec.resources[0].health.probes[0].sysfsAttribute.path",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"sysfsAttribute\":{\"in\":[\"1\"]}}]}}|spec.resources[0].health.probes[0].sysfsAttribute.path",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"sysfsAttribute\":{\"path\":\"x\"}}]}}|spec.resources[0].health.probes[0].sysfsAttribute.in has 0",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"command\":{\"command\":[\"check\"]}}]}}|spec.resources[0].health.probes[0].command.command[0] 'check'",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"command\":{\"command\":[\"/a/../sh\"]}}]}}|spec.resources[0].health.probes[0].command.command[0]",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"command\":{\"command\":[]}}]}}|spec.resources[0].health.probes[0].command.command has 0",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"health\":{\"probes\":[{\"command\":{\"command\":[\"/a\"],\"timeoutSeconds\":301}}]}}|spec.resources[0].health.probes[0].command.timeoutSeconds is 301",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"sharing\":{\"replicas\":1001}}|spec.resources[0].sharing",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"prepare\":{\"command\":[\"a\"]}}|spec.resources[0].prepare",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"sharing\":{\"replicas\":2},\"prepare\":{\"command\":[\"/a\"]}}|spec.resources[0].prepare needs a device",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"allocate\":{\"permissions\":\"x\"}}|spec.resources[0].allocate.permissions",
                "{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],\"allocate\":{\"containerPath\":\"/dev/y%d\",\"cdi\":{\"enabled\":true}}}|spec.resources[0].allocate.containerPath"
            })
    void badSettingsAreRefusedByField(String text, String field) throws IOException {
        settings(text.startsWith("{\"name") ? "{\"deployment\":\"lab\",\"resources\":[" + text + "]}" : text);
        assertBad(field, "");
    }

    @Test
    void healthChecksAreAccepted() throws IOException, ConfigurationException {
        settings(
                "{\"deployment\":\"lab\",\"resources\":[{\"name\":\"foo.com/x\",\"discover\":[{\"path\":{\"glob\":\"/dev/x\"}}],"
                        + "\"health\":{\"periodSeconds\":1,\"probes\":[{\"open\":{\"mode\":\"ReadWrite\"}},"
                        + "{\"sysfsAttribute\":{\"path\":\"device/health\",\"in\":[\"ok\"]}},"
                        + "{\"command\":{\"command\":[\"/probes/check\",\"$(DEVICE_PATH)\",\"..\"]}}]}}]}");
        HealthChecks health =
                AgentConfig.read(environment).settings().resources().get(0).health();
        assertThat(health.probes()).hasSize(3);
        assertThat(health.failureThreshold()).isEqualTo(1);
        assertThat(health.probes().get(2).command().timeoutSeconds()).isEqualTo(2);
    }

    private void assertBad(String culprit, String problem) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> AgentConfig.read(environment))
                .withMessageContaining(culprit)
                .withMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    private void settings(String json) throws IOException {
        Files.writeString(file(), json);
    }

    private Path file() {
        return directory.resolve(AgentSettings.FILE_NAME);
    }
}
