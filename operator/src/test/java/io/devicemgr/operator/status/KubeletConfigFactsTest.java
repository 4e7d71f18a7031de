package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeploymentStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigCondition;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every fact of docs/openshift.md 1.4 and 3 about what is read, and of the tests in 7, one row each; the first column is the
 * fact. Facts about what is written are in KubeletConfigWriterTest and PoolSelectorTest.
 *
 * <p>Not here, because the operator neither reads nor writes it: retries of the machine config operator (1.4), maxUnavailable,
 * pinned image sets, certificates and MachineConfigNodes of a pool (3), drain and image annotations of nodes (3), and of 7 the
 * merge of a file with the defaults (SystemCgroupsMismatch, ReserveSystemCPUs, PartialUserConfig, EmptyStringOverride),
 * KubeletConfigLogLevel and StaticPodPathPoolValidation (fields that the operator never sets; their texts are passed on like
 * all others), KubeletConfigResync, AddAnnotationExistingKubeletConfig and CleanUpDuplicatedMC (names of MachineConfigs, read
 * from the finalizers), BootstrapManagedKey (the installer), and the e2e KubeletConfigMaxPods.
 */
class KubeletConfigFactsTest {
    private static final Map<String, String> LABELS = Map.of("machineconfiguration.openshift.io", "devicemgr");
    private static final String TARGET = "rendered-worker-2";

    /** The log is written as type/status/message, the oldest first. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "up to 4.21: success                                  | Success/True/Success                              | Applied        | -",
                "up to 4.21: a failure has the status False           | Failure/False/Error: bad                          | Rejected       | Error: bad",
                "4.22: success                                        | Success/True/Success                              | Applied        | -",
                "4.22: a failure has the status True                  | Failure/True/Error: bad                           | Rejected       | Error: bad",
                "4.23 on: Accepted, then Success                      | Accepted/True/Success Success/True/               | Applied        | -",
                "4.23 on: Accepted False, then Failure True           | Accepted/False/Error: bad Failure/True/Error: bad | Rejected       | Error: bad",
                "RemoveLegacyConditions: Accepted alone               | Accepted/True/Success                             | Applied        | -",
                "Accepted after entries of an older release           | Success/True/Success Accepted/False/Error: bad    | Rejected       | Error: bad",
                "Accepted before stale entries of an older release    | Accepted/True/Success Failure/False/Error: bad    | Applied        | -",
                "the last of several Accepted                         | Accepted/False/Error: bad Accepted/True/Success   | Applied        | -",
                "a log: the last entry decides, not one that is there | Failure/False/Error: bad Success/True/Success     | Applied        | -",
                "a log: an old success does not outlive a failure     | Success/True/Success Failure/False/Error: bad     | Rejected       | Error: bad",
                "a log: three entries at most                         | Success/True/S Failure/True/Error: a Success/True/S | Applied      | -",
                "an empty log: nobody has looked                      | -                                                 | WaitingForPool | not looked at",
                "an entry of a type to come                           | Validated/True/x                                  | WaitingForPool | not looked at",
                "an Accepted that is not decided                      | Accepted/Unknown/x                                | WaitingForPool | not looked at",
                "WrapErrorWithCondition: a text without Error:        | Accepted/False/could not x Failure/True/could not x | Rejected     | could not x",
                "a failure without a text                             | Failure/True/                                     | Rejected       | gives no reason",
                "message: no pool                                     | Failure/False/Error: could not find any MachineConfigPool set for KubeletConfig | Rejected | could not find any MachineConfigPool set for KubeletConfig",
                "message: a ban                                       | Failure/False/Error: KubeletConfiguration: clusterDNS is not allowed to be set | Rejected | clusterDNS is not allowed to be set",
                "message: no number is left                           | Failure/False/Error: max number of supported kubelet config (10) has been reached | Rejected | max number of supported kubelet config (10) has been reached"
            })
    void conditions(String fact, String log, String reason, String message) {
        KubeletConfig config = config(entries(log));

        assertThat(judged(config, pool())).satisfies(condition -> {
            assertThat(condition.getReason()).isEqualTo(reason);
            assertThat(condition.getMessage()).contains(message == null ? "" : message);
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "times are refreshed: the order decides, 2026-01-02T00:00:00Z, 2026-01-01T00:00:00Z",
        "times tie,                              2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z"
    })
    void times(String fact, String ofTheFailure, String ofTheSuccessAfterIt) {
        List<KubeletConfigCondition> log = entries("Failure/False/Error: bad Success/True/Success");
        log.get(0).setLastTransitionTime(ofTheFailure);
        log.get(1).setLastTransitionTime(ofTheSuccessAfterIt);

        assertThat(judged(config(log), pool()).getReason()).isEqualTo("Applied");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {
                "the verdict is on what was before,    2, 1, WaitingForPool",
                "the verdict is on what is now,        2, 2, Applied",
                "up to 4.13 it is never written,       2, -, Applied",
                "up to 4.13 it may be read as 0,       2, 0, Applied"
            })
    void observedGeneration(String fact, Long generation, Long observed, String reason) {
        KubeletConfig config = new KubeletConfigBuilder(config(entries("Success/True/Success")))
                .editMetadata()
                .withGeneration(generation)
                .endMetadata()
                .editStatus()
                .withObservedGeneration(observed)
                .endStatus()
                .build();

        assertThat(judged(config, pool()).getReason()).isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // generated MachineConfigs | in the target's source | target | rolled out | paused | updated of
                // machines, ready | Updated | what follows
                "content as before: only the source changes, and that is all | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 2 | false | 3/3/3 | True  | Applied        | -",
                "before it is in the source, Updated is the old one          | 99-worker-generated-kubelet   | 00-worker                     | 2 | 2 | false | 3/3/3 | True  | WaitingForPool | has not taken up MachineConfig 99-worker-generated-kubelet yet",
                "a later one of the pool has a number                        | 99-worker-generated-kubelet-1 | 99-worker-generated-kubelet-1 | 2 | 2 | false | 3/3/3 | True  | Applied        | -",
                "of another number is another one                            | 99-worker-generated-kubelet-1 | 99-worker-generated-kubelet   | 2 | 2 | false | 3/3/3 | True  | WaitingForPool | has not taken up",
                "no MachineConfig has been made                              | -                             | 99-worker-generated-kubelet   | 2 | 2 | false | 3/3/3 | True  | WaitingForPool | has not taken up the KubeletConfig yet",
                "names differ: not all nodes are updated                     | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 1 | false | 1/3/1 | False | WaitingForPool | 1/3 machines of pool worker are updated",
                "names differ, but the conditions are still the old ones     | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 1 | false | 3/3/3 | True  | WaitingForPool | -",
                "names are equal, but not Updated: a node is not ready       | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 2 | false | 3/3/2 | False | WaitingForPool | 3/3 machines of pool worker are updated, 2 are ready",
                "paused, and names differ                                    | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 1 | true  | 0/3/0 | False | PoolPaused     | its administrator must set its spec.paused to false",
                "paused, and nothing to do                                   | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 2 | true  | 3/3/3 | True  | Applied        | -",
                "a pool of no nodes is Updated                               | 99-worker-generated-kubelet   | 99-worker-generated-kubelet   | 2 | 2 | false | 0/0/0 | True  | Applied        | -"
            })
    void pools(
            String fact,
            String generated,
            String source,
            int target,
            int rolledOut,
            boolean paused,
            String counts,
            String updated,
            String reason,
            String message) {
        KubeletConfig config = config(entries("Success/True/Success"));
        config.getMetadata().setFinalizers(generated == null ? List.of() : List.of(generated));
        String[] count = counts.split("/");
        MachineConfigPool pool = new MachineConfigPoolBuilder(pool())
                .editSpec()
                .withPaused(paused)
                .editConfiguration()
                .withName("rendered-worker-" + target)
                .editFirstSource()
                .withName(source)
                .endSource()
                .endConfiguration()
                .endSpec()
                .editStatus()
                .withUpdatedMachineCount(zeroIsLeftOut(count[0]))
                .withMachineCount(zeroIsLeftOut(count[1]))
                .withReadyMachineCount(zeroIsLeftOut(count[2]))
                .editConfiguration()
                .withName("rendered-worker-" + rolledOut)
                .endConfiguration()
                .editFirstCondition()
                .withStatus(updated)
                .endCondition()
                .endStatus()
                .build();

        assertThat(judged(config, pool)).satisfies(condition -> {
            assertThat(condition.getReason()).isEqualTo(reason);
            assertThat(condition.getMessage()).contains(message == null ? "" : message);
        });
    }

    private static Integer zeroIsLeftOut(String count) {
        return count.equals("0") ? null : Integer.valueOf(count);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the pool's status is of its spec,        7, 7, Applied",
        "the pool's status is of an earlier spec, 7, 6, WaitingForPool"
    })
    void observedGenerationOfAPool(String fact, long generation, long observed, String reason) {
        MachineConfigPool pool = pool();
        pool.getMetadata().setGeneration(generation);
        pool.getStatus().setObservedGeneration(observed);

        assertThat(judged(config(entries("Success/True/Success")), pool).getReason())
                .isEqualTo(reason);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "NodeDegraded: its message names the node      | NodeDegraded            | Node w-1 is reporting: \"x\"                   | Node w-1 is reporting: \"x\"",
                "RenderDegraded: its message says what         | RenderDegraded          | Failed to render configuration for pool worker | Failed to render configuration for pool worker",
                "ImageBuildDegraded                            | ImageBuildDegraded      | Failed to build OS image                       | Failed to build OS image",
                "PinnedImageSetsDegraded                       | PinnedImageSetsDegraded | one or more nodes are short of space           | short of space",
                "Degraded is the OR, often without a message   | Degraded                | -                                              | gives no reason"
            })
    void degradedPools(String fact, String type, String text, String message) {
        MachineConfigPool pool = new MachineConfigPoolBuilder(pool())
                .editStatus()
                .addNewCondition()
                .withType("Degraded")
                .withStatus("True")
                .endCondition()
                .addNewCondition()
                .withType(type)
                .withStatus("True")
                .withMessage(text)
                .endCondition()
                .endStatus()
                .build();

        assertThat(judged(config(entries("Success/True/Success")), pool)).satisfies(condition -> {
            assertThat(condition.getReason()).isEqualTo("PoolDegraded");
            assertThat(condition.getMessage())
                    .contains("pool worker is degraded and needs its administrator")
                    .contains(message);
        });
    }

    /** What counts besides the pool's own word: the nodes that are the pool's. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a node is done when all three agree                 | worker           | 2 | 2 | Done           | Applied        | -",
                "state Working                                       | worker           | 1 | 2 | Working        | WaitingForPool | n Working",
                "state Rebooting                                     | worker           | 1 | 2 | Rebooting      | WaitingForPool | n Rebooting",
                "Done, but with another target: not its turn yet     | worker           | 1 | 1 | Done           | WaitingForPool | n waits for its turn",
                "state Unreconcilable                                | worker           | 1 | 2 | Unreconcilable | WaitingForPool | n Unreconcilable",
                "no annotations: no node of the operator (Windows)   | worker           | - | - | -              | Applied        | -",
                "a custom pool takes the node from worker            | worker infra     | 1 | 1 | Done           | Applied        | -",
                "the control plane takes the node from all others    | worker infra master | 1 | 1 | Done        | Applied        | -",
                "two custom pools: nobody's                          | worker infra gpu | 1 | 1 | Done           | Applied        | -"
            })
    void nodes(String fact, String roles, String current, String desired, String state, String reason, String message) {
        NodeBuilder node = new NodeBuilder().withNewMetadata().withName("n").endMetadata();
        for (String role : roles.split(" ")) {
            node.editMetadata()
                    .addToLabels("node-role.kubernetes.io/" + role, "")
                    .endMetadata();
        }
        if (state != null) {
            node.editMetadata()
                    .addToAnnotations("machineconfiguration.openshift.io/currentConfig", "rendered-worker-" + current)
                    .addToAnnotations("machineconfiguration.openshift.io/desiredConfig", "rendered-worker-" + desired)
                    .addToAnnotations("machineconfiguration.openshift.io/state", state)
                    .endMetadata();
        }
        List<MachineConfigPool> pools = Stream.of("worker", "infra", "gpu", "master")
                .map(KubeletConfigFactsTest::poolOfRole)
                .toList();

        assertThat(judged(config(entries("Success/True/Success")), pools, List.of(node.build())))
                .satisfies(condition -> {
                    assertThat(condition.getReason()).isEqualTo(reason);
                    assertThat(condition.getMessage()).contains(message == null ? "" : message);
                });
    }

    private static MachineConfigPool poolOfRole(String role) {
        MachineConfigPoolBuilder pool = new MachineConfigPoolBuilder(pool())
                .editMetadata()
                .withName(role)
                .endMetadata()
                .editSpec()
                .withNewNodeSelector()
                .addToMatchLabels("node-role.kubernetes.io/" + role, "")
                .endNodeSelector()
                .endSpec();
        return role.equals("worker")
                ? pool.build()
                : pool.editMetadata().withLabels(Map.of()).endMetadata().build();
    }

    private static Condition judged(KubeletConfig config, MachineConfigPool pool) {
        return judged(config, List.of(pool), List.of());
    }

    private static Condition judged(KubeletConfig config, List<MachineConfigPool> pools, List<Node> nodes) {
        Scene scene = new Scene();
        scene.sample = SampleDeployment.named("lab").offering(Scene.SERIAL).configuringPools(LABELS);
        scene.machineConfigs = MachineConfigs.served(pools, List.of(config), nodes);
        DevicePluginDeploymentStatus status = scene.status();
        return Scene.condition(status, ConditionType.KubeletConfigured);
    }

    private static List<KubeletConfigCondition> entries(String log) {
        List<KubeletConfigCondition> entries = new ArrayList<>();
        if (log != null) {
            for (String entry : log.split(" (?=(Accepted|Success|Failure|Validated)/)")) {
                String[] parts = entry.split("/", 3);
                entries.add(new KubeletConfigCondition(null, parts[2], null, parts[1], parts[0]));
            }
        }
        return entries;
    }

    private static KubeletConfig config(List<KubeletConfigCondition> log) {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName("devicemgr-lab")
                .withFinalizers("99-worker-generated-kubelet")
                .addNewOwnerReference()
                .withUid("uid-of-lab")
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNewMachineConfigPoolSelector()
                .withMatchLabels(LABELS)
                .endMachineConfigPoolSelector()
                .endSpec()
                .withNewStatus()
                .withConditions(log)
                .endStatus()
                .build();
    }

    /** A pool of three machines that has rolled the generated configuration out. */
    private static MachineConfigPool pool() {
        return new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName("worker")
                .withLabels(LABELS)
                .endMetadata()
                .withNewSpec()
                .withNewConfiguration()
                .withName(TARGET)
                .addNewSource()
                .withName("99-worker-generated-kubelet")
                .endSource()
                .endConfiguration()
                .endSpec()
                .withNewStatus()
                .withMachineCount(3)
                .withUpdatedMachineCount(3)
                .withReadyMachineCount(3)
                .withNewConfiguration()
                .withName(TARGET)
                .endConfiguration()
                .addNewCondition()
                .withType("Updated")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }
}
