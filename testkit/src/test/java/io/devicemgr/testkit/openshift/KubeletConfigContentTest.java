package io.devicemgr.testkit.openshift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.devicemgr.testkit.apiserver.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/openshift.md 1.1. */
class KubeletConfigContentTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'feature-gates':['DevicePlugins=true']}",
                "{'feature-gates':{'DevicePlugins':true}}",
                "{'noSuchField':42}",
                "{}",
                "null",
                "{'featureGates':{}}",
                "{'featureGates':null}",
                "{'cgroupDriver':''}"
            })
    void thisChangesNothing(String raw) {
        assertThat(file(raw)).isEqualTo(file("{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{'maxPods':100}", "{'maxPods':100,'feature-gates':['DevicePlugins=true']}", "{'MAXPODS':100}"})
    void knownKeysOfWhateverCaseAreApplied(String raw) {
        assertThat(file(raw)).contains("maxpods=100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'featureGates':{'DevicePlugins':true}} | featureGates is not allowed to be set, but contains: map[DevicePlugins:true]",
                "{'featuregates':{'DevicePlugins':true}} | featureGates is not allowed to be set, but contains: map[DevicePlugins:true]",
                "{'FEATUREGATES':{'DevicePlugins':true}} | featureGates is not allowed to be set, but contains: map[DevicePlugins:true]",
                "{'featureGates':['DevicePlugins=true']} | KubeletConfig could not be unmarshalled",
                "{'featureGates':{'DevicePlugins':'x'}}  | KubeletConfig could not be unmarshalled",
                "{'maxPods':'abc'}                       | KubeletConfig could not be unmarshalled",
                "{'cgroupDriver':'systemd'}              | cgroupDriver is not allowed to be set, but contains: systemd"
            })
    void thisIsRefused(String raw, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> file(raw)).withMessageContaining(message);
    }

    private static String file(String raw) {
        return KubeletConfigContent.file(Json.trusted(raw.replace('\'', '"')));
    }
}
