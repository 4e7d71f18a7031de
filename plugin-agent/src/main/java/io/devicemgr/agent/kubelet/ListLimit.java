package io.devicemgr.agent.kubelet;

import com.google.protobuf.CodedOutputStream;
import io.devicemgr.proto.deviceplugin.v1beta1.Device;
import io.devicemgr.proto.deviceplugin.v1beta1.ListAndWatchResponse;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Cuts the list of one resource to what the kubelet takes (contract rules 11, 96). A device keeps the room that it needs when
 * it is Unhealthy, so that a change of health pushes no other out; who was listed, or is held by a container, comes first.
 */
final class ListLimit {
    /** Inbound limit of the kubelet's client. */
    static final int KUBELET_BYTES = 4_194_304;

    private static final String LONGEST_HEALTH = "Unhealthy";

    /** Most bytes that a device takes more in the worst list than in a given one: two for the word, two for its lengths. */
    private static final int GROWTH = 4;

    private static final int TAG_BYTES = 1;

    private final int limit;
    private final Consumer<String> note;
    private ListAndWatchResponse listed = ListAndWatchResponse.getDefaultInstance();
    private Set<String> held;
    private String noted;

    /**
     * @param limit most bytes of a list
     * @param note hears what is wrong whenever that changes, null when nothing is; on any thread
     */
    ListLimit(int limit, Consumer<String> note) {
        this.limit = limit;
        this.note = note;
    }

    /** The ids that containers hold; nothing when that cannot be read, so that what was read before counts, if anything. */
    synchronized void held(Optional<Set<String>> ids) {
        held = ids.map(Set::copyOf).orElse(held == null ? Set.of() : held);
    }

    /** Whether this list would have to be cut before anybody was asked what is held. */
    synchronized boolean blindFor(ListAndWatchResponse full) {
        return held == null && listed.getDevicesCount() == 0 && !surelyFits(full) && worstSize(full) > limit;
    }

    /** The list, or as much of it as the kubelet takes, in the same order; the same for the same calls. */
    synchronized ListAndWatchResponse fit(ListAndWatchResponse full) {
        listed = surelyFits(full) || worstSize(full) <= limit ? full : cut(full);
        int left = full.getDevicesCount() - listed.getDevicesCount();
        tell(
                left == 0
                        ? null
                        : left + " of " + full.getDevicesCount()
                                + " devices are not offered: the kubelet takes lists of at most 4 MiB. Let discover of the resource match fewer"
                                + " devices, or divide them among several resources");
        return listed;
    }

    /** Healthy ids of the last list, if it had to be cut. */
    synchronized OptionalInt healthyInCutList() {
        return noted == null
                ? OptionalInt.empty()
                : OptionalInt.of(DeviceLists.healthyIds(listed).size());
    }

    private boolean surelyFits(ListAndWatchResponse full) {
        return full.getSerializedSize() + (long) GROWTH * full.getDevicesCount() <= limit;
    }

    private ListAndWatchResponse cut(ListAndWatchResponse full) {
        Set<String> before = new HashSet<>();
        listed.getDevicesList().forEach(device -> before.add(device.getID()));
        Set<String> inUse = held == null ? Set.of() : held;
        Set<String> chosen = new LinkedHashSet<>();
        long room = limit;
        room = choose(full, chosen, room, inUse::contains);
        room = choose(full, chosen, room, before::contains);
        choose(full, chosen, room, id -> true);
        ListAndWatchResponse.Builder list = ListAndWatchResponse.newBuilder();
        full.getDevicesList().stream()
                .filter(device -> chosen.contains(device.getID()))
                .forEach(list::addDevices);
        return list.build();
    }

    private static long choose(ListAndWatchResponse full, Set<String> chosen, long room, Predicate<String> wanted) {
        long left = room;
        for (Device device : full.getDevicesList()) {
            int size = worstSize(device);
            if (size <= left && wanted.test(device.getID()) && chosen.add(device.getID())) {
                left -= size;
            }
        }
        return left;
    }

    private static long worstSize(ListAndWatchResponse list) {
        return list.getDevicesList().stream().mapToLong(ListLimit::worstSize).sum();
    }

    private static int worstSize(Device device) {
        int size = device.toBuilder().setHealth(LONGEST_HEALTH).build().getSerializedSize();
        return TAG_BYTES + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    private void tell(String text) {
        if (!Objects.equals(text, noted)) {
            noted = text;
            note.accept(text);
        }
    }
}
