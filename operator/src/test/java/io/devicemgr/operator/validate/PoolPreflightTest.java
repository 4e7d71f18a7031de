package io.devicemgr.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.api.v1alpha1.ConditionReason;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolStatusBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolPreflightTest {
    private static final Map<String, String> WORKER =
            Map.of("pools.operator.machineconfiguration.openshift.io/worker", "");
    private final List<MachineConfigPool> pools =
            new ArrayList<>(List.of(pool("worker", WORKER), pool("master", Map.of())));

    @Test
    void aSelectedPoolWithoutAnotherKubeletConfigIsFine() {
        assertThat(check(WORKER, config("tuning", Map.of("other", "pool"), "x")))
                .isEmpty();
    }

    @Test
    void ourOwnKubeletConfigIsNotInTheWay() {
        assertThat(check(WORKER, config("devicemgr-lab", WORKER, "uid-of-lab"))).isEmpty();
    }

    @Test
    void aSelectorWithoutAPoolTellsHowToLabelOne() {
        assertThat(check(Map.of("machineconfiguration.openshift.io", "devicemgr")))
                .hasValueSatisfying(violation -> {
                    assertThat(violation.reason()).isEqualTo(ConditionReason.NoMatchingPool);
                    assertThat(violation.message())
                            .contains("no KubeletConfig is written")
                            .contains("oc label machineconfigpool <pool> machineconfiguration.openshift.io=devicemgr");
                });
    }

    /** docs/openshift.md 3: the vendor's page tells its reader to look this label up. */
    @Test
    void aLabelOfMachineConfigsIsToldFromOneOfPools() {
        assertThat(check(Map.of("machineconfiguration.openshift.io/role", "worker")))
                .hasValueSatisfying(violation -> assertThat(violation.message())
                        .contains("is a label of MachineConfigs, which no pool has")
                        .contains("pools.operator.machineconfiguration.openshift.io/worker")
                        .doesNotContain("oc label"));
    }

    @Test
    void whenThePoolsGoOursIsLeftAsItIs() {
        assertThat(check(Map.of("no", "pool"), config("devicemgr-lab", WORKER, "uid-of-lab")))
                .hasValueSatisfying(violation -> assertThat(violation.message())
                        .contains("KubeletConfig devicemgr-lab is left as it is")
                        .doesNotContain("no KubeletConfig is written"));
    }

    @Test
    void anotherKubeletConfigOfThePoolIsNotErased() {
        assertThat(check(WORKER, config("performance-tuning", WORKER, "x"))).hasValueSatisfying(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.PoolHasOtherKubeletConfig);
            assertThat(violation.message())
                    .contains("performance-tuning is on pool worker already")
                    .contains("none is written");
        });
    }

    /** docs/openshift.md 1.6: its MachineConfig stays in the pool, and ours would get the same name. */
    @Test
    void neitherIsTheMachineConfigThatAnotherOneHasLeft() {
        KubeletConfig left = config("tuning", Map.of("other", "pool"), "x");
        left.getMetadata().setFinalizers(List.of("99-worker-generated-kubelet"));

        assertThat(check(WORKER, left))
                .hasValueSatisfying(violation ->
                        assertThat(violation.message()).contains("KubeletConfig tuning is on pool worker already"));
    }

    @Test
    void anotherDeploymentOfTheSamePoolIsNamed() {
        KubeletConfig other = config("devicemgr-old", WORKER, "uid-of-old");
        other.getMetadata()
                .setLabels(Map.of(
                        "app.kubernetes.io/managed-by", "device-plugin-operator", "devicemgr.io/deployment", "old"));

        assertThat(check(WORKER, other))
                .hasValueSatisfying(violation -> assertThat(violation.message())
                        .contains("KubeletConfig devicemgr-old of deployment old is on pool worker already"));
    }

    @ParameterizedTest
    @CsvSource({
        "99-worker-generated-kubelet,   99-worker-generated-kubelet-1, the one that came last",
        "99-worker-generated-kubelet-1, 99-worker-generated-kubelet,   'now devicemgr-lab, which erases the settings'",
        "99-worker-generated-kubelet,   ,                              the one that came last"
    })
    void besideALaterOneOursIsLeftAndItIsSaidWhichOfThemCounts(String mine, String theirs, String inForce) {
        KubeletConfig ours = config("devicemgr-lab", WORKER, "uid-of-lab");
        ours.getMetadata().setFinalizers(List.of(mine));
        KubeletConfig other = config("tuning", WORKER, "x");
        other.getMetadata().setFinalizers(theirs == null ? List.of() : List.of(theirs));

        assertThat(check(WORKER, ours, other)).hasValueSatisfying(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.PoolHasOtherKubeletConfig);
            assertThat(violation.message())
                    .contains("tuning is on pool worker too")
                    .contains(inForce)
                    .contains("devicemgr-lab is left as it is: leave spec.kubeletConfig out, and it is deleted")
                    .doesNotContain("none is written");
        });
    }

    /** docs/openshift.md 1.6: with one suffix for all pools names collide only if another one is on one of them. */
    @Test
    void severalPoolsAreFineAsLongAsNoneHasAnother() {
        pools.add(pool("infra", WORKER));

        assertThat(check(WORKER)).isEmpty();
        pools.get(2).getMetadata().setLabels(Map.of(WORKER.keySet().iterator().next(), "", "tuned", "yes"));
        assertThat(check(WORKER, config("tuning", Map.of("tuned", "yes"), "x")))
                .hasValueSatisfying(
                        violation -> assertThat(violation.message()).contains("tuning is on pool infra already"));
    }

    @Test
    void aDegradedPoolGetsNothingNewButKeepsWhatItHas() {
        pools.get(0)
                .setStatus(new MachineConfigPoolStatusBuilder()
                        .addNewCondition()
                        .withType("Degraded")
                        .withStatus("True")
                        .endCondition()
                        .addNewCondition()
                        .withType("NodeDegraded")
                        .withStatus("True")
                        .withMessage("Node w-1 is reporting: \"disk full\"")
                        .endCondition()
                        .build());

        assertThat(check(WORKER)).hasValueSatisfying(violation -> {
            assertThat(violation.reason()).isEqualTo(ConditionReason.PoolDegraded);
            assertThat(violation.message()).contains("pool worker").endsWith("Node w-1 is reporting: \"disk full\"");
        });
        assertThat(check(WORKER, config("devicemgr-lab", WORKER, "uid-of-lab"))).isEmpty();
    }

    @Test
    void aForeignObjectOfOurNameIsNotTakenOver() {
        assertThat(check(WORKER, config("devicemgr-lab", Map.of(), "somebody")))
                .hasValueSatisfying(violation ->
                        assertThat(violation.reason()).isEqualTo(ConditionReason.PoolHasOtherKubeletConfig));
    }

    @Test
    void thatOfAnEarlierDeploymentOfTheSameNameIsWaitedFor() {
        KubeletConfig old = config("devicemgr-lab", WORKER, "uid-of-the-earlier-lab");
        old.getMetadata().getOwnerReferences().get(0).setKind("DevicePluginDeployment");
        old.getMetadata().getOwnerReferences().get(0).setName("lab");

        assertThat(check(WORKER, old))
                .hasValueSatisfying(
                        violation -> assertThat(violation.reason()).isEqualTo(ConditionReason.WaitingForPool));
    }

    @Test
    void anOrphanWithOurLabelsIsOurs() {
        KubeletConfig orphan = config("devicemgr-lab", WORKER, null);
        orphan.getMetadata().setOwnerReferences(List.of());
        assertThat(check(WORKER, orphan)).isPresent();

        orphan.getMetadata()
                .setLabels(Map.of(
                        "app.kubernetes.io/managed-by", "device-plugin-operator", "devicemgr.io/deployment", "lab"));
        assertThat(check(WORKER, orphan)).isEmpty();
    }

    private Optional<Violation> check(Map<String, String> labels, KubeletConfig... existing) {
        DevicePluginDeployment deployment =
                SampleDeployment.named("lab").configuringPools(labels).build();
        return PoolPreflight.check(deployment, "devicemgr-lab", pools, List.of(existing));
    }

    private static MachineConfigPool pool(String name, Map<String, String> labels) {
        return new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private static KubeletConfig config(String name, Map<String, String> selector, String ownerUid) {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName(name)
                .addNewOwnerReference()
                .withUid(ownerUid)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNewMachineConfigPoolSelector()
                .withMatchLabels(selector)
                .endMachineConfigPoolSelector()
                .endSpec()
                .build();
    }
}
