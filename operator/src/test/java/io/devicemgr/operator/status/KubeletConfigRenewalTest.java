package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfigBuilder;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/openshift.md 1.6: pools are not watched. */
class KubeletConfigRenewalTest {
    private static final LabelSelector ASKED =
            new LabelSelectorBuilder().addToMatchLabels("pick", "me").build();

    @Test
    void aPoolThatWasLabelledLaterHasNoMachineConfig() {
        assertThat(due(accepted("99-worker-generated-kubelet").build(), pool("worker", true), pool("infra", true)))
                .isTrue();
    }

    @Test
    void aPoolThatIsNoLongerSelectedStillHasOne() {
        assertThat(due(
                        accepted("99-worker-generated-kubelet", "99-infra-generated-kubelet-1")
                                .build(),
                        pool("worker", true),
                        pool("infra", false)))
                .isTrue();
    }

    @Test
    void whenTheyAgreeThereIsNothingToDo() {
        assertThat(due(accepted("99-worker-generated-kubelet").build(), pool("worker", true), pool("infra", false)))
                .isFalse();
    }

    @Test
    void aPoolThatHasGoneIsNoReason() {
        assertThat(due(
                        accepted("99-worker-generated-kubelet", "99-gone-generated-kubelet")
                                .build(),
                        pool("worker", true)))
                .isFalse();
    }

    @Test
    void aVerdictOnAnEarlierFormIsWaitedFor() {
        KubeletConfig edited =
                accepted().editMetadata().withGeneration(5L).endMetadata().build();

        assertThat(due(edited, pool("worker", true))).isFalse();
    }

    /** Up to 4.13 nobody tells which form was accepted, so the object may be on its way. */
    @Test
    void withoutAGenerationNothingIsMadeAnew() {
        KubeletConfig silent =
                accepted().editStatus().withObservedGeneration(null).endStatus().build();

        assertThat(due(silent, pool("worker", true))).isFalse();
    }

    @Test
    void aRejectedOneIsMendedNotMadeAnew() {
        KubeletConfig rejected = accepted()
                .editStatus()
                .editFirstCondition()
                .withType("Failure")
                .endCondition()
                .endStatus()
                .build();

        assertThat(due(rejected, pool("worker", true))).isFalse();
    }

    @Test
    void anEditIsAppliedFirst() {
        KubeletConfig old = accepted()
                .editSpec()
                .editMachineConfigPoolSelector()
                .addToMatchLabels("pick", "another")
                .endMachineConfigPoolSelector()
                .endSpec()
                .build();

        assertThat(due(old, pool("worker", true))).isFalse();
    }

    /** It would go with the object. */
    @Test
    void whatOthersWroteIntoItIsKept() {
        KubeletConfig shared = accepted()
                .editSpec()
                .withKubeletConfig(Map.of("feature-gates", List.of(), "maxPods", 100))
                .endSpec()
                .build();

        assertThat(due(shared, pool("worker", true))).isFalse();
        assertThat(due(accepted().editSpec().withLogLevel(4).endSpec().build(), pool("worker", true)))
                .isFalse();
    }

    @Test
    void oneThatIsGoingIsLeftToGo() {
        KubeletConfig going = accepted()
                .editMetadata()
                .withDeletionTimestamp("2026-11-22T08:00:00Z")
                .endMetadata()
                .build();

        assertThat(due(going, pool("worker", true))).isFalse();
    }

    private static boolean due(KubeletConfig config, MachineConfigPool... pools) {
        return KubeletConfigRenewal.due(
                config, ASKED, MachineConfigs.served(List.of(pools), List.of(config), List.of()));
    }

    private static KubeletConfigBuilder accepted(String... machineConfigs) {
        return new KubeletConfigBuilder()
                .withNewMetadata()
                .withName("devicemgr-lab")
                .withGeneration(4L)
                .withFinalizers(machineConfigs)
                .endMetadata()
                .withNewSpec()
                .withMachineConfigPoolSelector(ASKED)
                .withKubeletConfig(Map.of("feature-gates", List.of("DevicePlugins=true")))
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(4L)
                .addNewCondition()
                .withType("Success")
                .withStatus("True")
                .endCondition()
                .endStatus();
    }

    private static MachineConfigPool pool(String name, boolean selected) {
        return new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pick", selected ? "me" : "not")
                .endMetadata()
                .build();
    }
}
