package io.devicemgr.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.agent.AgentSettings;
import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.AgentSpec;
import io.devicemgr.api.v1alpha1.Allocation;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.devicemgr.api.v1alpha1.DeviceResource;
import io.devicemgr.api.v1alpha1.DeviceSelector;
import io.devicemgr.api.v1alpha1.Preparation;
import io.devicemgr.api.v1alpha1.Preparation.Reset;
import io.devicemgr.operator.config.AgentDefaults;
import io.devicemgr.operator.config.OperatorConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentObjectsTest {
    private static final OperatorConfig CONFIG = new OperatorConfig("devices", "registry.example.com/agent:1", 8080);

    private final DevicePluginDeployment lab =
            SampleDeployment.named("lab").offering("example.com/serial").build();

    @Test
    void daemonSetIsAsWrittenDown() {
        assertThat(Golden.json(find(objects(lab), DaemonSet.class)))
                .isEqualTo(Golden.read("daemonset.yaml", revision(lab).name()));
    }

    @Test
    void settingsComeBeforeThePodsThatReadThem() {
        assertThat(objects(lab))
                .extracting(HasMetadata::getKind)
                .containsExactly("ServiceAccount", "ClusterRoleBinding", "ConfigMap", "DaemonSet");
    }

    @Test
    void everythingIsOwnedByTheDeploymentAndLabelled() {
        assertThat(AgentObjects.of(lab, revision(lab), CONFIG, true)).hasSize(5).allSatisfy(object -> {
            assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> {
                        assertThat(owner.getUid()).isEqualTo("uid-of-lab");
                        assertThat(owner.getController()).isTrue();
                    });
            assertThat(object.getMetadata().getLabels())
                    .containsEntry("devicemgr.io/deployment", "lab")
                    .containsEntry("app.kubernetes.io/managed-by", "device-plugin-operator");
        });
    }

    @Test
    void settingsAreImmutableNamedAfterTheRevisionAndReadableByTheAgent() {
        ConfigMap map = find(objects(lab), ConfigMap.class);

        assertThat(map.getImmutable()).isTrue();
        assertThat(map.getMetadata().getName())
                .isEqualTo("devicemgr-lab-" + revision(lab).name());
        assertThat(AgentSettings.fromJson(map.getData().get("settings.json")))
                .isEqualTo(new AgentSettings(
                        "lab",
                        "uid-of-lab",
                        AgentSpec.LogLevel.info,
                        false,
                        lab.getSpec().resources(),
                        AgentSpec.Registration.Register));
    }

    @Test
    void agentsMayWriteReportsAndRunPrivilegedAndNothingElse() {
        List<HasMetadata> objects = AgentObjects.of(lab, revision(lab), CONFIG, true);
        ClusterRoleBinding reports = find(objects, ClusterRoleBinding.class);
        RoleBinding scc = find(objects, RoleBinding.class);

        assertThat(reports.getRoleRef().getName()).isEqualTo("device-plugin-agent");
        assertThat(scc.getRoleRef().getKind()).isEqualTo("ClusterRole");
        assertThat(scc.getRoleRef().getName()).isEqualTo("system:openshift:scc:privileged");
        assertThat(scc.getMetadata().getNamespace()).isEqualTo("devices");
        assertThat(List.of(reports.getSubjects().get(0), scc.getSubjects().get(0)))
                .allSatisfy(subject -> {
                    assertThat(subject.getKind()).isEqualTo("ServiceAccount");
                    assertThat(subject.getName()).isEqualTo("devicemgr-lab");
                    assertThat(subject.getNamespace()).isEqualTo("devices");
                });
    }

    @Test
    void aRevisionIsPutBackFromItsConfigMapAsItWas() {
        ConfigMap map = find(objects(lab), ConfigMap.class);

        AgentRevision kept = AgentRevision.read(map).orElseThrow();

        assertThat(kept).isEqualTo(revision(lab));
        assertThat(AgentObjects.of(lab, kept, CONFIG, false)).isEqualTo(objects(lab));
    }

    @Test
    void aConfigMapThatKeepsNoPodTemplateCannotBePutBack() {
        ConfigMap map = find(objects(lab), ConfigMap.class);
        map.setData(Map.of("settings.json", map.getData().get("settings.json")));

        assertThat(AgentRevision.read(map)).isEmpty();
    }

    @Test
    void agentsGoWhereTheSpecSaysWhateverTheirRevision() {
        DevicePluginDeployment moved = SampleDeployment.named("lab")
                .offering("example.com/serial")
                .on(Map.of("hardware", "serial"))
                .build();

        DaemonSet set = find(AgentObjects.of(moved, revision(lab), CONFIG, false), DaemonSet.class);

        assertThat(set.getSpec().getTemplate().getSpec().getNodeSelector())
                .containsExactly(Map.entry("kubernetes.io/os", "linux"), Map.entry("hardware", "serial"));
    }

    @Test
    void whatTheUserSaysAboutThePodIsInThePod() {
        Container driver = new ContainerBuilder()
                .withName("driver")
                .withImage("registry.example.com/driver:1")
                .build();
        AgentSpec agent = new AgentSpec(
                "registry.example.com/special:2",
                AgentSpec.ImagePullPolicy.Always,
                null,
                new ResourceRequirementsBuilder()
                        .addToLimits("memory", new Quantity("1Gi"))
                        .build(),
                List.of(driver),
                List.of(new VolumeBuilder().withName("tools").build()),
                List.of(new VolumeMountBuilder()
                        .withName("tools")
                        .withMountPath("/tools")
                        .build()),
                null,
                null,
                null);
        PodSpec pod = find(
                        objects(SampleDeployment.named("lab")
                                .offering("example.com/serial")
                                .on(
                                        Map.of("hardware", "serial"),
                                        new TolerationBuilder()
                                                .withKey("special")
                                                .build())
                                .agent(agent)
                                .build()),
                        DaemonSet.class)
                .getSpec()
                .getTemplate()
                .getSpec();

        assertThat(pod.getNodeSelector())
                .containsExactlyInAnyOrderEntriesOf(Map.of("hardware", "serial", "kubernetes.io/os", "linux"));
        assertThat(pod.getTolerations())
                .singleElement()
                .satisfies(toleration -> assertThat(toleration.getKey()).isEqualTo("special"));
        assertThat(pod.getInitContainers()).containsExactly(driver);
        assertThat(pod.getVolumes()).extracting("name").contains("tools");
        Container container = pod.getContainers().get(0);
        assertThat(container.getImage()).isEqualTo("registry.example.com/special:2");
        assertThat(container.getImagePullPolicy()).isEqualTo("Always");
        assertThat(container.getResources().getLimits()).containsEntry("memory", new Quantity("1Gi"));
        assertThat(container.getVolumeMounts()).extracting("mountPath").contains("/tools");
    }

    @Test
    void onlyAnAgentThatRegistersByThePluginWatcherSeesItsDirectory() {
        AgentSpec watched = new AgentSpec(
                null, null, null, null, null, null, null, null, AgentSpec.Registration.PluginWatcher, null);
        List<HasMetadata> objects = objects(SampleDeployment.named("lab")
                .offering("example.com/serial")
                .agent(watched)
                .build());
        String directory = "/var/lib/kubelet/plugins_registry";

        PodSpec pod = find(objects, DaemonSet.class).getSpec().getTemplate().getSpec();
        assertThat(pod.getVolumes()).anySatisfy(volume -> {
            assertThat(volume.getName()).isEqualTo("plugins-registry");
            assertThat(volume.getHostPath().getPath()).isEqualTo(directory);
            assertThat(volume.getHostPath().getType()).isEqualTo("Directory");
        });
        assertThat(pod.getContainers().get(0).getVolumeMounts()).anySatisfy(mount -> {
            assertThat(mount.getMountPath()).isEqualTo(directory);
            assertThat(mount.getReadOnly()).isNull();
        });
        assertThat(pod.getContainers().get(0).getEnv())
                .anySatisfy(variable -> assertThat(variable.getValue()).isEqualTo(directory));
        assertThat(AgentSettings.fromJson(
                                find(objects, ConfigMap.class).getData().get("settings.json"))
                        .registration())
                .isEqualTo(AgentSpec.Registration.PluginWatcher);

        PodSpec other =
                find(objects(lab), DaemonSet.class).getSpec().getTemplate().getSpec();
        assertThat(other.getVolumes()).extracting("name").doesNotContain("plugins-registry");
        assertThat(other.getContainers().get(0).getVolumeMounts())
                .extracting("mountPath")
                .doesNotContain(directory);
    }

    @Test
    void onlyAnAgentThatWritesCdiSpecificationsSeesTheirDirectory() {
        Allocation cdi = new Allocation(null, null, null, null, null, new Allocation.Cdi(true), null);
        SampleDeployment asking = SampleDeployment.named("lab").offering("example.com/serial", cdi);
        PodSpec pod = pod(asking);
        assertThat(pod.getVolumes()).anySatisfy(volume -> {
            assertThat(volume.getName()).isEqualTo("cdi");
            assertThat(volume.getHostPath().getPath()).isEqualTo("/var/run/cdi");
            assertThat(volume.getHostPath().getType()).isEqualTo("DirectoryOrCreate");
        });
        assertThat(pod.getContainers().get(0).getVolumeMounts()).anySatisfy(mount -> {
            assertThat(mount.getMountPath()).isEqualTo("/var/run/cdi");
            assertThat(mount.getReadOnly()).isNull();
        });
        assertThat(pod.getContainers().get(0).getEnv())
                .anyMatch(variable -> variable.getName().equals("CDI_DIR")
                        && variable.getValue().equals("/var/run/cdi"));
        for (PodSpec other : List.of(
                pod(SampleDeployment.named("lab").offering("example.com/serial")), pod(asking.discoverOnly()))) {
            assertThat(other.getVolumes()).extracting("name").doesNotContain("cdi");
            assertThat(other.getContainers().get(0).getVolumeMounts())
                    .extracting("mountPath")
                    .doesNotContain("/var/run/cdi");
        }
    }

    @Test
    void onlyAnAgentThatResetsDevicesMayWriteToSysfs() {
        for (Reset reset : Reset.values()) {
            DeviceResource resource = new DeviceResource(
                    "example.com/gpu",
                    List.of(DeviceSelector.path("/dev/gpu*")),
                    null,
                    null,
                    null,
                    new Preparation(reset, null));
            assertThat(pod(SampleDeployment.named("lab").offering(resource))
                            .getContainers()
                            .get(0)
                            .getVolumeMounts())
                    .filteredOn("mountPath", "/sys")
                    .singleElement()
                    .satisfies(mount -> assertThat(mount.getReadOnly()).isEqualTo(reset == Reset.None ? true : null));
        }
    }

    @Test
    void imageIsPulledAsTheDeploymentSaysAndOtherwiseAsTheOperatorIsTold() {
        OperatorConfig told = new OperatorConfig(
                "devices", new AgentDefaults("agent:1", "Always", List.of("mirror")), 8080, Optional.empty());
        PodSpec pod = AgentRevision.of(lab, lab.getSpec().resources(), told)
                .template()
                .getSpec();
        assertThat(pod.getContainers().get(0).getImagePullPolicy()).isEqualTo("Always");
        assertThat(pod.getImagePullSecrets()).containsExactly(new LocalObjectReference("mirror"));

        DevicePluginDeployment own = SampleDeployment.named("lab")
                .offering("example.com/serial")
                .agent(new AgentSpec(
                        null,
                        AgentSpec.ImagePullPolicy.Never,
                        List.of(new LocalObjectReference("own")),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null))
                .build();
        pod = AgentRevision.of(own, own.getSpec().resources(), told).template().getSpec();
        assertThat(pod.getContainers().get(0).getImagePullPolicy()).isEqualTo("Never");
        assertThat(pod.getImagePullSecrets()).containsExactly(new LocalObjectReference("own"));
    }

    private static PodSpec pod(SampleDeployment sample) {
        return find(objects(sample.build()), DaemonSet.class)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static List<HasMetadata> objects(DevicePluginDeployment deployment) {
        return AgentObjects.of(deployment, revision(deployment), CONFIG, false);
    }

    private static AgentRevision revision(DevicePluginDeployment deployment) {
        return AgentRevision.of(deployment, deployment.getSpec().resources(), CONFIG);
    }

    private static <T> T find(List<HasMetadata> objects, Class<T> type) {
        return objects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }
}
