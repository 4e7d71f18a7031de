package io.devicemgr.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.devicemgr.api.sample.SampleDeployment;
import io.devicemgr.operator.desired.DeviceManagerKubeletConfig;
import io.devicemgr.operator.validate.PoolSelector;
import io.devicemgr.testkit.openshift.KubeletConfigContent;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.openshift.api.model.machineconfiguration.v1.KubeletConfig;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPool;
import io.fabric8.openshift.api.model.machineconfiguration.v1.MachineConfigPoolBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every fact of docs/openshift.md 1.1, 3 and 7 about what is written, one row each; the first column is the fact. Facts about
 * what is read are in KubeletConfigFactsTest. Not here: of 1.1 and 7 the fields that the operator does not write and nobody can
 * ask it to (topologyManagerPolicy, maxPods, logLevel, staticPodPath and the like), beyond that they are not in the object.
 */
class KubeletConfigWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> BANNED = List.of(
            "cgroupDriver",
            "clusterDNS",
            "clusterDomain",
            "featureGates",
            "configMapAndSecretChangeDetectionStrategy",
            "runtimeRequestTimeout",
            "staticPodPath",
            "failSwapOn",
            "memorySwap",
            "systemReserved",
            "systemReservedCgroup");

    private final JsonNode written = JSON.valueToTree(DeviceManagerKubeletConfig.of(SampleDeployment.named("lab")
            .offering("example.com/serial")
            .configuringPools(Map.of("machineconfiguration.openshift.io", "devicemgr"))
            .build()));

    @Test
    void whatIsWrittenChangesNoKubelet() {
        assertThat(KubeletConfigContent.file(written.at("/spec/kubeletConfig")))
                .isEqualTo(KubeletConfigContent.file(JSON.createObjectNode()));
    }

    @Test
    void whatIsWrittenHasNoBannedFieldInWhateverCase() {
        List<String> banned =
                BANNED.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();

        assertThat(written.at("/spec/kubeletConfig").fieldNames())
                .toIterable()
                .isNotEmpty()
                .noneMatch(name -> banned.contains(name.toLowerCase(Locale.ROOT)));
    }

    @Test
    void featureGatesAreAListOfNamesWithTheirValues() {
        assertThat(StreamSupport.stream(
                                written.at("/spec/kubeletConfig/feature-gates").spliterator(), false)
                        .toList())
                .isNotEmpty()
                .allMatch(gate -> gate.isTextual() && gate.asText().matches("[A-Za-z]+=(true|false)"));
    }

    @Test
    void nothingOfOursIsWhereItWouldBeWiped() {
        assertThat(written.path("metadata").has("finalizers")).isFalse();
        assertThat(written.path("metadata").has("annotations")).isFalse();
        assertThat(written.has("status")).isFalse();
        assertThat(written.at("/spec").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("machineConfigPoolSelector", "kubeletConfig");
    }

    /** Why the object is as it is: what the machine config operator would do with others. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            nullValues = "-",
            value = {
                "feature-gates as a list: accepted, dropped  | {feature-gates: ['DevicePlugins=true']}              | -",
                "feature-gates as a map: accepted, dropped   | {feature-gates: {DevicePlugins: true}}               | -",
                "an unknown key: accepted, dropped           | {noSuchField: 42}                                    | -",
                "nothing: accepted                           | {}                                                   | -",
                "featureGates as a map: rejected             | {featureGates: {DevicePlugins: true}}                | featureGates is not allowed to be set",
                "in whatever case: rejected                  | {featuregates: {DevicePlugins: true}}                | featureGates is not allowed to be set",
                "in whatever case: rejected                  | {FEATUREGATES: {DevicePlugins: true}}                | featureGates is not allowed to be set",
                "featureGates as a list: rejected            | {featureGates: ['DevicePlugins=true']}               | could not be unmarshalled",
                "a text for true: rejected                   | {featureGates: {DevicePlugins: 'true'}}              | could not be unmarshalled",
                "no gates at all: accepted                   | {featureGates: {}}                                   | -",
                "a text for a number: rejected               | {maxPods: abc}                                       | could not be unmarshalled",
                "a ban holds for the default too: rejected   | {cgroupDriver: systemd}                              | cgroupDriver is not allowed to be set",
                "KubeletConfigDenylistedOptions              | {clusterDomain: some_value}                          | clusterDomain is not allowed to be set",
                "a zero value is not set: accepted           | {cgroupDriver: ''}                                   | -"
            })
    void decoding(String fact, String raw, String rejection) throws IOException {
        JsonNode content = new YAMLMapper().readTree(raw);

        if (rejection == null) {
            assertThat(KubeletConfigContent.file(content))
                    .isEqualTo(KubeletConfigContent.file(JSON.createObjectNode()));
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KubeletConfigContent.file(content))
                    .withMessageContaining(rejection);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "no selector: nothing                             | -                                                                          | -",
                "an empty selector: nothing, for this controller  | {}                                                                         | -",
                "the built-in label of a built-in pool            | {matchLabels: {pools.operator.machineconfiguration.openshift.io/worker: \"\"}} | worker",
                "the documented label, after oc label             | {matchLabels: {machineconfiguration.openshift.io: devicemgr}}              | labelled",
                "a label of MachineConfigs: never                 | {matchLabels: {machineconfiguration.openshift.io/role: worker}}            | -",
                "all built-in pools, the control plane too        | {matchLabels: {machineconfiguration.openshift.io/mco-built-in: \"\"}}      | master worker"
            })
    void selectors(String fact, String selector, String pools) throws IOException {
        LabelSelector asked = selector == null ? null : new YAMLMapper().readValue(selector, LabelSelector.class);
        List<MachineConfigPool> all = List.of(
                pool("master", "pools.operator.machineconfiguration.openshift.io/master", "", true),
                pool("worker", "pools.operator.machineconfiguration.openshift.io/worker", "", true),
                pool("infra", "custom", "", false),
                pool("labelled", "machineconfiguration.openshift.io", "devicemgr", false));

        assertThat(PoolSelector.selected(asked, all))
                .extracting(pool -> pool.getMetadata().getName())
                .containsExactly(pools == null ? new String[0] : pools.split(" "));
    }

    /** It was built from a map and is read back wrapped, so objects are never equal: compared is what they say. */
    @Test
    void whatIsReadBackIsFoundEqual() throws IOException {
        KubeletConfig readBack = JSON.readValue(written.toString(), KubeletConfig.class);

        assertThat(readBack.getSpec().getKubeletConfig()).isNotInstanceOf(Map.class);
        assertThat(Difference.between(written, JSON.valueToTree(readBack))).isFalse();
    }

    private static MachineConfigPool pool(String name, String key, String value, boolean builtIn) {
        MachineConfigPoolBuilder pool = new MachineConfigPoolBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(key, value)
                .endMetadata();
        return builtIn
                ? pool.editMetadata()
                        .addToLabels("machineconfiguration.openshift.io/mco-built-in", "")
                        .endMetadata()
                        .build()
                : pool.build();
    }
}
