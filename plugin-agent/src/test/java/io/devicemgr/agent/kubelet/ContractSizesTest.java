package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import io.devicemgr.proto.deviceplugin.v1beta1.NUMANode;
import io.devicemgr.proto.deviceplugin.v1beta1.TopologyInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Group K of docs/kubelet-contract.md: the agent never sends a list that the kubelet cannot take. */
class ContractSizesTest {
    private static final int SMALL_LIMIT = 400;

    private final List<String> notes = new ArrayList<>();
    private final ListLimit limit = new ListLimit(SMALL_LIMIT, notes::add);

    /** Rules 11 and 96: the columns of table 1.K for lists in which every device may become Unhealthy. */
    @ParameterizedTest
    @CsvSource({"8, 144631", "16, 113359", "36, 73584", "63, 49932"})
    void asManyDevicesAreListedAsFitWhenAllAreUnhealthy(int idLength, int most) {
        ListLimit real = new ListLimit(ListLimit.KUBELET_BYTES, notes::add);
        real.held(Optional.empty());
        assertThat(real.fit(numa(idLength, most)).getDevicesCount()).isEqualTo(most);
        assertThat(notes).isEmpty();
        assertThat(real.fit(numa(idLength, most + 7)).getDevicesCount()).isEqualTo(most);
        assertThat(notes)
                .containsExactly("7 of " + (most + 7)
                        + " devices are not offered: the kubelet takes lists of at most 4 MiB. Let discover of the resource"
                        + " match fewer devices, or divide them among several resources");
    }

    /** Rule 96: nothing has to be looked at twice below 49,900 devices. */
    @Test
    void aListThatFitsIsSentAsItIs() {
        ListLimit real = new ListLimit(ListLimit.KUBELET_BYTES, notes::add);
        ListAndWatchResponse full = numa(63, 49_900);
        assertThat(real.blindFor(full)).isFalse();
        assertThat(real.fit(full)).isSameAs(full);
    }

    /** Rule 48: a device that was listed may be allocated. */
    @Test
    void whatWasListedStaysListedWhenMoreDevicesCome() {
        ListAndWatchResponse first = limit.fit(healthy("m", "n", "o"));
        assertThat(ids(first)).containsExactly("m", "n", "o");
        List<String> all = IntStream.range(0, 100).mapToObj(i -> "a" + i).toList();
        List<String> more = new ArrayList<>(all);
        more.addAll(List.of("m", "n", "o"));
        ListAndWatchResponse cut = limit.fit(healthy(more.toArray(String[]::new)));
        assertThat(ids(cut)).startsWith("a0", "a1").endsWith("m", "n", "o");
        assertThat(cut.getSerializedSize()).isLessThanOrEqualTo(SMALL_LIMIT);
        assertThat(limit.fit(healthy(more.toArray(String[]::new)))).isEqualTo(cut);
        assertThat(notes).as("said once").hasSize(1);
    }

    /** Rule 48: the successor of an agent does not know what that one had listed, but who holds it. */
    @Test
    void whatContainersHoldIsListedBeforeEverythingElse() {
        ListAndWatchResponse full = healthy(names(100));
        assertThat(limit.blindFor(full)).isTrue();
        limit.held(Optional.of(Set.of("d097", "d098")));
        assertThat(limit.blindFor(full)).isFalse();
        assertThat(ids(limit.fit(full))).startsWith("d000").endsWith("d097", "d098");
    }

    @Test
    void aReadingThatFailsForgetsNobody() {
        limit.held(Optional.of(Set.of("d097")));
        limit.held(Optional.empty());
        assertThat(ids(limit.fit(healthy(names(100))))).contains("d097");
    }

    /** Rule 11: Unhealthy is the longer word. */
    @Test
    void aChangeOfHealthPushesNoDeviceOut() {
        limit.held(Optional.empty());
        List<String> before = ids(limit.fit(list("Healthy", names(100))));
        ListAndWatchResponse after = limit.fit(list("Unhealthy", names(100)));
        assertThat(ids(after)).isEqualTo(before);
        assertThat(after.getSerializedSize()).isLessThanOrEqualTo(SMALL_LIMIT);
    }

    @Test
    void roomThatBecomesFreeIsUsedAndSaid() {
        limit.held(Optional.empty());
        limit.fit(healthy(names(100)));
        assertThat(ids(limit.fit(healthy("d000", "d090")))).containsExactly("d000", "d090");
        assertThat(notes).hasSize(2).last().isNull();
    }

    private static List<String> ids(ListAndWatchResponse list) {
        return list.getDevicesList().stream().map(device -> device.getID()).toList();
    }

    private static String[] names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format("d%03d", i))
                .toArray(String[]::new);
    }

    private static ListAndWatchResponse healthy(String... ids) {
        return list("Healthy", ids);
    }

    private static ListAndWatchResponse list(String health, String... ids) {
        ListAndWatchResponse.Builder list = ListAndWatchResponse.newBuilder();
        for (String id : ids) {
            list.addDevices(Device.newBuilder().setID(id).setHealth(health));
        }
        return list.build();
    }

    private static ListAndWatchResponse numa(int idLength, int count) {
        TopologyInfo topology = TopologyInfo.newBuilder()
                .addNodes(NUMANode.newBuilder().setID(1))
                .build();
        ListAndWatchResponse.Builder list = ListAndWatchResponse.newBuilder();
        for (int i = 0; i < count; i++) {
            list.addDevices(Device.newBuilder()
                    .setID(String.format("%0" + idLength + "d", i))
                    .setHealth("Healthy")
                    .setTopology(topology));
        }
        return list.build();
    }
}
