package io.devicemgr.agent.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.DeviceId;
import io.devicemgr.agent.device.Hardware;
import io.devicemgr.agent.device.Health;
import io.devicemgr.api.v1alpha1.Allocation.Preference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PreferredAllocationTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int ROUNDS = 3000;

    @Test
    void packedTakesTheSmallestNodeThatHasEnough() {
        DeviceTable table = table("a0 b0 c0 d1 e1 f2");
        assertThat(once(table, Preference.NUMAPacked, "a b c d e f", "", 2)).containsExactlyInAnyOrder("d", "e");
        assertThat(once(table, Preference.NUMAPacked, "a b c d e f", "", 1)).containsExactly("f");
        assertThat(once(table, Preference.NUMAPacked, "a b c d e f", "", 3)).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(once(table, Preference.NUMAPacked, "a b c d e f", "", 4))
                .containsExactlyInAnyOrder("a", "b", "c", "f");
    }

    @Test
    void packedStaysOnTheNodeOfWhatTheContainerHasAlready() {
        DeviceTable table = table("a0 b0 c1 d1 e1");
        assertThat(once(table, Preference.NUMAPacked, "a b c d e", "c", 2)).containsExactly("c", "d");
    }

    @Test
    void spreadGoesRoundTheNodes() {
        DeviceTable table = table("a0 b0 c0 d1 e1 f2");
        assertThat(once(table, Preference.Spread, "a b c d e f", "", 3)).containsExactlyInAnyOrder("a", "d", "f");
        assertThat(once(table, Preference.Spread, "a b c d e f", "", 5))
                .containsExactlyInAnyOrder("a", "b", "d", "e", "f");
        assertThat(once(table, Preference.Spread, "a b c d e f", "d", 3)).containsExactlyInAnyOrder("d", "a", "f");
    }

    @Test
    void theLeastSharedDeviceComesFirst() {
        DeviceTable table = table("a0 b0 c1");
        List<String> available = List.of("a::1", "a::2", "b::0", "b::1", "b::2", "c::2");
        for (Preference preference : Preference.values()) {
            assertThat(PreferredAllocation.choose(table, new Replicas(3), preference, available, List.of(), 1))
                    .containsExactly("b::0");
            assertThat(PreferredAllocation.choose(table, new Replicas(3), preference, available, List.of(), 4))
                    .startsWith("b::0", "a::1", "c::2")
                    .hasSize(4);
        }
    }

    @Test
    void twoSharesOfOneDeviceAreTheLastResort() {
        DeviceTable table = table("a0 b1");
        List<String> available = List.of("a::0", "a::1", "a::10", "a::2", "b::11");
        Replicas replicas = new Replicas(12);
        assertThat(PreferredAllocation.choose(table, replicas, Preference.NUMAPacked, available, List.of(), 2))
                .containsExactlyInAnyOrder("a::0", "b::11");
        assertThat(PreferredAllocation.choose(table, replicas, Preference.NUMAPacked, available, List.of(), 4))
                .containsExactlyInAnyOrder("a::0", "a::1", "a::2", "b::11");
    }

    @Test
    void whatIsUnhealthyOrUnknownIsTakenOnlyWhenNothingElseIsLeft() {
        Device lost = device("a", 0).withPresence(Health.unhealthy(Health.Reason.MISSING, "gone", START));
        DeviceTable table = new DeviceTable(List.of(lost, device("b", 1)));
        assertThat(once(table, Preference.NUMAPacked, "a b zz", "", 1)).containsExactly("b");
        assertThat(once(table, Preference.Spread, "a b zz", "", 2)).containsExactly("b", "a");
        assertThat(once(table, Preference.None, "a b zz", "", 3)).containsExactly("b", "a", "zz");
    }

    @Test
    void anyQuestionGetsAnAnswerThatTheKubeletCanUse() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Question question = new Question(new Random(seed));
            List<String> answer = question.answer();
            assertThat(answer)
                    .as("seed %d: %s", seed, question)
                    .hasSize(Math.min(question.size, question.available.size()))
                    .doesNotHaveDuplicates()
                    .isSubsetOf(question.available)
                    .containsAll(question.required);
            assertThat(question.shuffled(new Random(~seed)).answer())
                    .as("seed %d: another order of %s", seed, question)
                    .isEqualTo(answer);
        }
    }

    @Test
    void noDeviceIsTakenTwiceWhileAnotherIsToBeHad() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Question question = new Question(new Random(seed));
            List<String> answer = question.answer();
            Map<String, Long> counts = count(answer);
            Map<String, Long> required = count(question.required);
            Map<String, Long> available = count(question.available);
            counts.forEach((device, taken) -> {
                if (taken > Math.max(1, required.getOrDefault(device, 0L))) {
                    available.forEach((other, free) -> assertThat(counts.getOrDefault(other, 0L))
                            .as("%s: %s twice, %s not", question, device, other)
                            .isGreaterThanOrEqualTo(Math.min(free, taken - 1)));
                }
            });
        }
    }

    @Test
    void noLessSharedDeviceIsPassedOver() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Question question = new Question(new Random(seed)).withoutRequired();
            Map<String, Long> free = count(question.available);
            Set<String> taken = count(question.answer()).keySet();
            long mostUsed = taken.stream().mapToLong(free::get).min().orElse(Long.MAX_VALUE);
            assertThat(free.keySet().stream().filter(device -> free.get(device) > mostUsed))
                    .as("seed %d: %s", seed, question)
                    .allMatch(taken::contains);
        }
    }

    @Test
    void packedUsesAsFewNodesAsCanBe() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Question question =
                    new Question(new Random(seed)).withoutRequired().unshared().preferring(Preference.NUMAPacked);
            List<Integer> sizes = question.available.stream()
                    .collect(Collectors.groupingBy(question::node, Collectors.counting()))
                    .values()
                    .stream()
                    .map(Long::intValue)
                    .sorted(Collections.reverseOrder())
                    .toList();
            int wanted = Math.min(question.size, question.available.size());
            int fewest = 0;
            for (int covered = 0; covered < wanted; fewest++) {
                covered += sizes.get(fewest);
            }
            assertThat(nodes(question, question.answer()))
                    .as("seed %d: %s", seed, question)
                    .hasSize(fewest);
        }
    }

    @Test
    void spreadUsesAsManyNodesAsCanBeAndEvenly() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Question question =
                    new Question(new Random(seed)).withoutRequired().unshared().preferring(Preference.Spread);
            Map<Integer, Long> taken =
                    question.answer().stream().collect(Collectors.groupingBy(question::node, Collectors.counting()));
            Map<Integer, Long> free =
                    question.available.stream().collect(Collectors.groupingBy(question::node, Collectors.counting()));
            long most = taken.values().stream().mapToLong(n -> n).max().orElse(0);
            free.forEach((node, count) -> assertThat(taken.getOrDefault(node, 0L))
                    .as("%s: node %d", question, node)
                    .isGreaterThanOrEqualTo(Math.min(count, most - 1)));
        }
    }

    private static Set<Integer> nodes(Question question, Collection<String> ids) {
        return ids.stream().map(question::node).collect(Collectors.toSet());
    }

    private static Map<String, Long> count(Collection<String> ids) {
        return ids.stream().collect(Collectors.groupingBy(Replicas::device, Collectors.counting()));
    }

    private static List<String> once(
            DeviceTable table, Preference preference, String available, String required, int size) {
        return PreferredAllocation.choose(table, new Replicas(1), preference, words(available), words(required), size);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    /** Words of a letter and the number of a NUMA node. */
    private static DeviceTable table(String devices) {
        return new DeviceTable(words(devices).stream()
                .map(word -> device(word.substring(0, 1), Integer.parseInt(word.substring(1))))
                .toList());
    }

    private static Device device(String id, Integer node) {
        Hardware hardware = new Hardware(id, id, id, List.of(), List.of(id), null, node);
        return new Device("example.com/x", new DeviceId(id), hardware, Health.present(START), null);
    }

    /** A question as a kubelet could ask it. */
    private static final class Question {
        final Map<String, Integer> nodes;
        final Replicas replicas;
        final Preference preference;
        final List<String> available;
        final List<String> required;
        final int size;

        Question(Random random) {
            nodes = new LinkedHashMap<>();
            int numaNodes = 1 + random.nextInt(4);
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                nodes.put("dev" + i, random.nextInt(6) == 0 ? null : Integer.valueOf(random.nextInt(numaNodes)));
            }
            replicas = new Replicas(1 + random.nextInt(2) * random.nextInt(12));
            preference = Preference.values()[random.nextInt(3)];
            List<String> all = new ArrayList<>(nodes.keySet().stream()
                    .flatMap(id -> replicas.of(id).stream())
                    .toList());
            Collections.shuffle(all, random);
            available = List.copyOf(all.subList(0, 1 + random.nextInt(all.size())));
            required = available.subList(0, random.nextInt(Math.min(3, available.size()) + 1));
            size = required.size() + random.nextInt(available.size() - required.size() + 3);
        }

        private Question(
                Question other,
                Replicas replicas,
                Preference preference,
                Collection<String> available,
                Collection<String> required) {
            this.nodes = other.nodes;
            this.replicas = replicas;
            this.preference = preference;
            this.available = List.copyOf(available);
            this.required = List.copyOf(required);
            this.size = other.size;
        }

        Question shuffled(Random random) {
            List<String> otherAvailable = new ArrayList<>(available);
            List<String> otherRequired = new ArrayList<>(required);
            Collections.shuffle(otherAvailable, random);
            Collections.shuffle(otherRequired, random);
            return new Question(this, replicas, preference, otherAvailable, otherRequired);
        }

        Question withoutRequired() {
            return new Question(this, replicas, preference, available, List.of());
        }

        Question unshared() {
            Set<String> devices =
                    new TreeSet<>(available.stream().map(Replicas::device).collect(Collectors.toSet()));
            return new Question(this, new Replicas(1), preference, devices, List.of());
        }

        Question preferring(Preference other) {
            return new Question(this, replicas, other, available, required);
        }

        List<String> answer() {
            DeviceTable table = new DeviceTable(nodes.entrySet().stream()
                    .map(entry -> device(entry.getKey(), entry.getValue()))
                    .toList());
            return PreferredAllocation.choose(table, replicas, preference, available, required, size);
        }

        int node(String id) {
            Integer node = nodes.get(Replicas.device(id));
            return node == null ? -1 : node;
        }

        @Override
        public String toString() {
            return size + " of " + available + ", with " + required + ", " + preference + ", shared by "
                    + replicas.count() + ", on " + nodes;
        }
    }
}
