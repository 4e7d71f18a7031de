package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.DeviceNode;
import io.devicemgr.agent.device.DeviceNode.Role;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.NodeNumber;
import io.devicemgr.agent.device.NodeNumber.Type;
import io.devicemgr.api.v1alpha1.Allocation;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CdiSpecTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Health LOST = Health.unhealthy(Reason.MISSING, "gone", START);

    @Test
    void aDeviceIsItsNodes() {
        CdiSpec spec = spec("example.com/serial", "", device("card", "/dev/snd/a", "/dev/snd/b"));
        assertThat(spec.json())
                .isEqualTo("{\"cdiVersion\":\"0.3.0\",\"kind\":\"example.com/serial\",\"devices\":[{\"name\":\"card\","
                        + "\"containerEdits\":{\"deviceNodes\":[{\"path\":\"/dev/snd/a\",\"permissions\":\"rw\"},"
                        + "{\"path\":\"/dev/snd/b\",\"permissions\":\"rw\"}]}}]}\n");
    }

    @Test
    void aNodeUnderAnotherPathHasAHostPath() {
        CdiSpec spec = spec("example.com/serial", "/dev/port", device("a", "/dev/ttyUSB0"));
        assertThat(spec.json()).contains("\"path\":\"/dev/port\"", "\"hostPath\":\"/dev/ttyUSB0\"", "0.5.0");
        assertThat(CdiRules.broken(spec.json())).isEmpty();
    }

    @Test
    void aDeviceThatIsNotInItsPlaceIsLeftOut() {
        Device probed = device("sick", "/dev/ttyUSB1").withProbe(LOST);
        Device lost = device("lost", "/dev/ttyUSB0").withPresence(LOST);
        CdiSpec spec = spec("example.com/serial", "", lost, probed, device("eth0"));
        assertThat(spec.devices()).containsOnlyKeys("sick");
        assertThat(spec("example.com/serial", "", lost).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "example.com/serial, example.com/serial",
        "example.com/a.b_c-D, example.com/a.b_c-D",
        "x/y, x/y",
        "3m.com/x, devicemgr.io/r",
        "example.com/4k, devicemgr.io/r"
    })
    void theKindIsTheResourceWhereCdiAllowsIt(String resource, String kind) {
        assertThat(CdiSpec.kind(resource)).startsWith(kind);
        assertThat(CdiRules.broken(spec(resource, "", device("a", "/dev/x")).json()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ttyUSB0, ttyUSB0", "0403-6001.A9, 0403-6001.A9", "_x, d", "x-, d", "-, d"})
    void theNameIsTheIdWhereCdiAllowsIt(String id, String name) {
        assertThat(CdiSpec.name(new DeviceId(id))).startsWith(name);
        assertThat(CdiRules.broken(
                        spec("example.com/x", "", device(id, "/dev/x")).json()))
                .isEmpty();
    }

    @Test
    void whateverIsFoundTheSpecificationIsValid() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            String resource = word(random, "abz09", 1, 4) + ".com/" + word(random, "aZ0", 1, 1)
                    + (random.nextBoolean() ? word(random, "aZ0._-", 0, 20) + "x" : "");
            Device[] devices = IntStream.range(0, 1 + random.nextInt(5))
                    .mapToObj(i -> device(word(random, "aZ09._-", 1, 57) + i, "/dev/" + word(random, "abc", 1, 9)))
                    .toArray(Device[]::new);
            CdiSpec spec = spec(resource, random.nextBoolean() ? "/dev/port" : "", devices);
            assertThat(CdiRules.broken(spec.json()))
                    .as("seed %d: %s", seed, spec.json())
                    .isEmpty();
        }
    }

    @Test
    void theRulesFindWhatIsWrong() {
        String valid = spec("example.com/x", "", device("a", "/dev/x")).json();
        assertThat(CdiRules.broken(valid)).isEmpty();
        List<Function<String, String>> faults = List.of(
                text -> text.replace("example.com/x", "x"),
                text -> text.replace("example.com/x", "3m.com/x"),
                text -> text.replace("example.com/x", "example.com/4k"),
                text -> text.replace("example.com/x", "example.com/a.b"),
                text -> text.replace("\"a\"", "\"a-\""),
                text -> text.replace("\"a\"", "\"0\""),
                text -> text.replace("\"path\"", "\"paht\""),
                text -> text.replace("/dev/x", "x"),
                text -> text.replace("rw", "rx"),
                text -> text.replace("0.3.0", "0.6.0"),
                text -> text.substring(1));
        assertThat(faults)
                .allSatisfy(
                        fault -> assertThat(CdiRules.broken(fault.apply(valid))).isNotEmpty());
    }

    private static String word(Random random, String alphabet, int least, int most) {
        return random.ints(least + random.nextInt(most - least + 1), 0, alphabet.length())
                .mapToObj(i -> alphabet.substring(i, i + 1))
                .reduce("", String::concat);
    }

    private static CdiSpec spec(String resource, String containerPath, Device... devices) {
        Allocation rule = new Allocation("rw", containerPath, null, null, null, null, null);
        return CdiSpec.of(resource, new NodePaths(resource, rule), new DeviceTable(List.of(devices)));
    }

    private static Device device(String id, String... nodes) {
        List<DeviceNode> all = IntStream.range(0, nodes.length)
                .mapToObj(i -> new DeviceNode(nodes[i], nodes[i], new NodeNumber(Type.CHARACTER, 188, i), Role.OWN))
                .toList();
        Hardware hardware = new Hardware(id, id, id, all, List.of(id), null, null);
        return new Device("example.com/x", new DeviceId(id), hardware, Health.present(START), null);
    }
}
