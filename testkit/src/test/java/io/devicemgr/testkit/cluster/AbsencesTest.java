package io.devicemgr.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.testkit.cluster.PodChange.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who counts as away from when to when. */
class AbsencesTest {
    private final List<PodChange> changes = new ArrayList<>();

    private AbsencesTest node(String node, Kind kind) {
        changes.add(new PodChange(changes.size() + 1, Instant.EPOCH, kind, node, "", Map.of()));
        return this;
    }

    private AbsencesTest pod(String node, String pod, Kind kind) {
        changes.add(new PodChange(changes.size() + 1, Instant.EPOCH, kind, node, pod, Map.of("app", "x")));
        return this;
    }

    private AbsencesTest serving(String... nodes) {
        for (String node : nodes) {
            node(node, Kind.NODE_READY).pod(node, node + "-1", Kind.CREATED).pod(node, node + "-1", Kind.READY);
        }
        return this;
    }

    private int most(long moment) {
        return new Absences("app=x").most(changes, moment);
    }

    @Test
    void theFirstPodOfANodeIsNotMissedBeforeItIsThere() {
        serving("a", "b");
        assertThat(most(0)).isZero();
    }

    @Test
    void anAgentIsAwayFromItsDeletionUntilTheNextOneIsReady() {
        serving("a", "b")
                .pod("a", "a-1", Kind.DELETED)
                .pod("a", "a-1", Kind.GONE)
                .pod("a", "a-2", Kind.CREATED)
                .pod("b", "b-1", Kind.DELETED)
                .pod("a", "a-2", Kind.READY);
        assertThat(most(0)).isEqualTo(2);
    }

    @Test
    void oneAfterTheOtherIsOne() {
        serving("a", "b")
                .pod("a", "a-1", Kind.DELETED)
                .pod("a", "a-2", Kind.READY)
                .pod("b", "b-1", Kind.DELETED)
                .pod("b", "b-2", Kind.READY);
        assertThat(most(0)).isEqualTo(1);
        assertThat(most(changes.size() - 1)).isZero();
    }

    @Test
    void aPodThatStopsBeingReadyByItselfCounts() {
        serving("a").pod("a", "a-1", Kind.UNREADY);
        assertThat(most(0)).isEqualTo(1);
    }

    @Test
    void aNodeThatIsNotReadyDoesNotCountAndNeitherDoesOneThatLeaves() {
        serving("a", "b")
                .node("a", Kind.NODE_UNREADY)
                .pod("a", "a-1", Kind.UNREADY)
                .pod("b", "b-1", Kind.DELETED)
                .node("b", Kind.NODE_UNREADY);
        long moment = changes.size();
        node("c", Kind.NODE_READY);
        assertThat(most(0)).isEqualTo(1);
        assertThat(most(moment)).isZero();
    }

    @Test
    void aPodThatNeverGotReadyCountsFromItsDeletion() {
        node("a", Kind.NODE_READY).pod("a", "a-1", Kind.CREATED).pod("a", "a-1", Kind.DELETED);
        assertThat(most(0)).isEqualTo(1);
    }

    @Test
    void otherPodsDoNotCount() {
        serving("a");
        changes.add(new PodChange(9, Instant.EPOCH, Kind.DELETED, "a", "other", Map.of("app", "y")));
        assertThat(most(0)).isZero();
    }
}
