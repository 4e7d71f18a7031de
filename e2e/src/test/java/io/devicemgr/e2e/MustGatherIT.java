package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.devicemgr.testkit.apiserver.RequestInfo;
import io.devicemgr.testkit.cluster.ImageStore.Image;
import io.devicemgr.testkit.sandbox.DeploymentWatch;
import io.devicemgr.testkit.sandbox.Statuses;
import io.devicemgr.testkit.trouble.Kubectl;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bin/must-gather brings what a maintainer needs, and nothing that a user has hidden anywhere. */
class MustGatherIT {
    /** Stands for whatever must not leave the cluster. */
    private static final String PLANTED = "Pl4nt3d";

    private static final String ENCODED = Base64.getEncoder().encodeToString(PLANTED.getBytes(StandardCharsets.UTF_8));
    private static final String READER = "reader";

    private static final Set<RequestInfo> ASKED = ConcurrentHashMap.newKeySet();

    @TempDir
    private static Path directory;

    private static Line line;
    /** Collected with all rights. */
    private static Path bundle;

    /** In every field of a deployment where a user can write something that is his own. */
    private static final String MANIFEST = """
            apiVersion: devicemgr.io/v1alpha1
            kind: DevicePluginDeployment
            metadata:
              name: leaky
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"password":"Pl4nt3d"}}'
                example.com/note: Pl4nt3d
            spec:
              placement: {nodeSelector: {pool: leaky}}
              resources:
              - name: example.com/leaky
                discover:
                - path: {glob: "/dev/leaky*"}
                health:
                  periodSeconds: 5
                  probes:
                  - command: {command: [/bin/sh, -c, "echo login token=Pl4nt3d; exit 3"]}
                prepare: {command: [/bin/true, Pl4nt3d]}
                allocate:
                  env: {LICENSE: Pl4nt3d, DEVICE: $(DEVICE_PATHS)}
              agent:
                imagePullSecrets: [{name: registry-account}]
                initContainers:
                - name: driver
                  image: "driver:1"
                  command: [/bin/true, "--user=Pl4nt3d"]
                  args: [Pl4nt3d]
                  env:
                  - {name: DOWNLOAD_KEY, value: Pl4nt3d}
                  - {name: FROM_SECRET, valueFrom: {secretKeyRef: {name: registry-account, key: password, optional: true}}}
                - name: fetch
                  image: "driver:1"
                  command: [/bin/true]
                  env:
                  - {name: MIRROR, value: "https://me:Pl4nt3d@mirror.example.com/x"}
                extraVolumes:
                - name: share
                  csi:
                    driver: smb.csi.example.com
                    volumeAttributes: {source: "//nas/x", mountOptions: "username=me,password=Pl4nt3d"}
            """;

    @BeforeAll
    static void plantAndGather() throws Exception {
        assumeThat(Kubectl.isThere()).as("kubectl is not on the path").isTrue();
        line = Line.start();
        line.cluster().images().add("driver:1", Image.IDLE);
        line.node("leaky-1", "leaky", "leaky", 1);
        line.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("registry-account")
                        .withNamespace("device-plugin-operator")
                        .endMetadata()
                        .addToData("password", ENCODED)
                        .build())
                .create();
        // Its volume cannot be had in the simulated cluster: the other one has an agent that speaks.
        DeploymentWatch leaky = line.apply(MANIFEST);
        line.node("talking-1", "talking", "talking", 1);
        DeploymentWatch talking = line.apply(
                Line.manifest("talking", "example.com/talking", "/dev/talking*", "talking")
                        + "    health: {periodSeconds: 5, probes: [{command: {command: [/bin/sh, -c, \"echo token=Pl4nt3d; exit 3\"]}}]}\n");
        line.await(talking, "the probe's words", d -> Statuses.lists(d, "talking-1", "/dev/talking0"));
        line.await(
                leaky, "its status", d -> d.getStatus() != null && d.getStatus().conditions() != null);
        line.client().nodes().withName("leaky-1").edit(node -> {
            node.getMetadata().getAnnotations().put("example.com/bmc", PLANTED);
            return node;
        });
        line.client()
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withName("pull")
                        .withNamespace("device-plugin-operator")
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("Pod")
                        .withName("x")
                        .withNamespace("device-plugin-operator")
                        .endInvolvedObject()
                        .withReason("Failed")
                        .withType("Warning")
                        .withMessage("Authorization: Bearer " + PLANTED + " refused by https://me:" + PLANTED + "@x/")
                        .withLastTimestamp("2026-01-01T00:00:00Z")
                        .build())
                .create();
        line.cluster().apiServer().addToken(READER, READER);
        line.cluster().apiServer().onRequest(ASKED::add);
        bundle = gather("all", line.cluster().kubeconfig());
    }

    @AfterAll
    static void close() {
        if (line != null) {
            line.close();
        }
    }

    @Test
    void nothingThatWasPlantedIsCollectedAndSecretsAreNotAskedFor() throws Exception {
        List<Path> files = files(bundle);
        for (Path file : files) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContain(PLANTED, ENCODED);
            if (file.toString().endsWith(".json")) {
                new ObjectMapper().readTree(file.toFile());
            }
        }
        assertThat(ASKED).noneMatch(request -> request.resource().equals("secrets"));
        assertThat(ASKED).extracting(RequestInfo::verb).containsAnyOf("get", "list");
        assertThat(bundle.resolveSibling("all.tar.gz")).exists();
    }

    @Test
    void whatAMaintainerNeedsIsThereAndTheIndexBeginsWithWhatIsWrong() throws Exception {
        String index = Files.readString(bundle.resolve("index.txt"));
        assertThat(index.lines().skip(2).findFirst()).contains("Conditions that are not True");
        assertThat(index)
                .contains("leaky: Ready False", "talking: DevicesHealthy False SomeUnhealthy")
                .contains("The operator\n  no Deployment was seen in namespace", "What could not be read");
        assertThat(files(bundle).stream().map(file -> bundle.relativize(file).toString()))
                .contains(
                        "versions.txt",
                        "crds.txt",
                        "deployments.json",
                        "nodes.json",
                        "namespace/daemonsets.json",
                        "namespace/controllerrevisions.json",
                        "namespace/pods.json",
                        "namespace/revisions.json",
                        "namespace/leases.json",
                        "namespace/events.txt");
        String deployment = Files.readString(bundle.resolve("deployments.json"));
        assertThat(deployment)
                .contains("/dev/leaky*", "\"/bin/true\"", "\"DOWNLOAD_KEY\"", "$(DEVICE_PATHS)", "example.com/note");
        assertThat(Files.readString(bundle.resolve("crds.txt"))).contains("v1alpha1");
        assertThat(logs(bundle))
                .isNotEmpty()
                .allSatisfy(log -> assertThat(Files.readString(log)).contains("found device", "REDACTED"));
    }

    @Test
    void whoMayNotReadEverythingGetsTheRestAndIsToldWhatIsMissing() throws Exception {
        line.cluster()
                .apiServer()
                .failNext(
                        Integer.MAX_VALUE,
                        request -> request.user().equals(READER)
                                && Set.of("configmaps", "leases").contains(request.resource()),
                        403,
                        0);
        try {
            Path kubeconfig = directory.resolve("reader");
            Files.writeString(kubeconfig, line.cluster().apiServer().kubeconfig(READER));
            Path part = gather("part", kubeconfig);

            String index = Files.readString(part.resolve("index.txt"));
            assertThat(index)
                    .containsPattern("namespace/revisions.json: .*[Ff]orbidden")
                    .containsPattern("namespace/leases.json: .*[Ff]orbidden");
            assertThat(part.resolve("deployments.json")).exists();
            assertThat(part.resolve("nodes.json")).exists();
        } finally {
            line.cluster().apiServer().clearFaults();
        }
    }

    @Test
    void whenTheTimeIsOverItEndsWithWhatItHas() throws Exception {
        Path late = gather("late", line.cluster().kubeconfig(), "--seconds=0");

        assertThat(Files.readString(late.resolve("index.txt")))
                .contains("Conditions that are not True")
                .contains("not asked for, the time was over");
        assertThat(late.resolveSibling("late.tar.gz")).exists();
    }

    private static List<Path> logs(Path bundle) throws IOException {
        return files(bundle).stream()
                .filter(file -> file.toString().endsWith(".log"))
                .toList();
    }

    private static List<Path> files(Path bundle) throws IOException {
        try (Stream<Path> all = Files.walk(bundle)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static Path gather(String name, Path kubeconfig, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Line.project().resolve("bin/must-gather").toString(),
                "--kubeconfig=" + kubeconfig,
                "--dest=" + directory.resolve(name)));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KUBECTL", kubectlWithLogs().toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return directory.resolve(name);
    }

    /** The real one, but for the logs of pods, which the simulated API server does not have. */
    private static Path kubectlWithLogs() throws IOException {
        Path file = directory.resolve("kubectl");
        if (!Files.exists(file)) {
            Files.writeString(file, """
                    #!/bin/sh
                    case " $* " in
                    *" logs "*)
                        echo 'found device ttyUSB0, login with --password Pl4nt3d'
                        echo 'header Authorization: Bearer Pl4nt3d.x'
                        echo 'config {"apiKey": "Pl4nt3d", "secret":"Pl4nt3d"} db=postgres://me:Pl4nt3d@db/x'
                        echo '-----BEGIN RSA PRIVATE KEY-----'
                        echo 'Pl4nt3d'
                        echo '-----END RSA PRIVATE KEY-----'
                        ;;
                    *) exec kubectl "$@" ;;
                    esac
                    """);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        return file;
    }
}
