package io.devicemgr.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.devicemgr.agent.kubelet.Registration.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeWorld world = new FakeWorld();
    private final Registration registration = new Registration("example.com/x", world);

    @Test
    void itServesThenRegistersThenVerifiesThenReleasesItsLists() {
        registration.start(Duration.ZERO);
        assertThat(world.taken()).containsExactly("serve", "register");
        registration.registered();
        registration.streamOpened();
        assertPhase(Phase.VERIFYING);
        assertThat(registration.status().registered()).isTrue();
        assertThat(registration.status().verified()).isNull();
        world.sleep();
        assertThat(world.taken()).containsExactly("read");
        registration.read(null, true);
        assertThat(world.taken()).containsExactly("release");
        assertPhase(Phase.SERVING);
        assertThat(registration.status().verified()).isTrue();
        assertThat(registration.status().lastError()).isNull();
    }

    @Test
    void theStreamMayComeBeforeTheAnswer() {
        registration.start(Duration.ZERO);
        registration.streamOpened();
        assertThat(registration.status().registered()).isFalse();
        registration.registered();
        assertPhase(Phase.VERIFYING);
    }

    @Test
    void anAnswerThatWentMissingDoesNotMatterWhenTheListIsRead() {
        registration.start(Duration.ZERO);
        registration.streamOpened();
        registration.refused("DEADLINE_EXCEEDED");
        assertPhase(Phase.VERIFYING);
        assertThat(registration.status().registered()).isTrue();
    }

    @Test
    void anOfferThatTheKubeletLosesLaterIsToldUntilItIsBack() {
        registration.start(Duration.ZERO);
        registration.registered();
        registration.streamOpened();
        registration.read(null, true);
        registration.read(null, false);
        assertThat(registration.status().verified()).isFalse();
        assertThat(registration.status().registered()).isTrue();
        assertThat(registration.status().lastError()).contains("does not offer all healthy devices");
        registration.read(null, true);
        assertThat(registration.status().verified()).isTrue();
        assertThat(registration.status().lastError()).isNull();
    }

    @Test
    void whatAStartingKubeletFindsByItselfIsLeftToIt() {
        world.found = true;
        registration.start(Duration.ZERO);
        world.taken();
        registration.kubeletStarted();
        assertPhase(Phase.REGISTERING);
        assertThat(world.taken()).isEmpty();
        registration.streamOpened();
        registration.kubeletStarted();
        assertThat(world.taken()).as("that was another kubelet's stream").contains("stopServing");
    }

    @Test
    void withoutKubeletItWaits() {
        world.kubelet = false;
        registration.start(Duration.ZERO);
        assertPhase(Phase.WAITING_FOR_KUBELET);
        assertThat(world.taken()).isEmpty();
        assertThat(registration.status().lastError()).contains("kubelet.sock");
        world.kubelet = true;
        registration.kubeletStarted();
        world.sleep();
        assertThat(world.taken()).containsExactly("serve", "register");
    }

    @Test
    void anAgentThatStopsLeavesNoErrorBehind() {
        serve();
        registration.stop();
        assertThat(registration.status().registered()).isFalse();
        assertThat(registration.status().lastError()).isNull();
    }

    @Test
    void refusalsAreRetriedAfterOneSecondAndThenEveryTwo() {
        registration.start(Duration.ZERO);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            registration.refused("no");
            assertThat(registration.status().lastError()).contains("no");
            waits.add(world.alarm.toSeconds());
            world.sleep();
            assertPhase(Phase.REGISTERING);
        }
        assertThat(waits).containsExactly(1L, 2L, 2L, 2L, 2L, 2L, 2L);
    }

    @Test
    void aKubeletThatStartsIsNotLeftWaitingByTheBackOff() {
        registration.start(Duration.ZERO);
        for (int i = 0; i < 6; i++) {
            registration.refused("no");
            world.sleep();
        }
        registration.refused("no");
        registration.kubeletStarted();
        assertThat(world.alarm).isEqualTo(Registration.SETTLE);
        world.taken();
        world.sleep();
        assertThat(world.taken()).containsExactly("serve", "register");
    }

    @Test
    void aStreamThatEndsIsFollowedByAPauseANewSocketAndARegistration() {
        serve();
        registration.streamEnded();
        assertThat(world.taken()).containsExactly("cancel", "stopServing");
        assertThat(registration.status().registered()).isFalse();
        assertThat(world.alarm).isEqualTo(Registration.PAUSE);
        world.sleep();
        assertThat(world.taken()).containsExactly("serve", "register");
    }

    @Test
    void aKubeletThatEndsEveryStreamIsNotHarassed() {
        registration.start(Duration.ZERO);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            registration.registered();
            registration.streamOpened();
            registration.streamEnded();
            waits.add(world.alarm.toSeconds());
            world.sleep();
        }
        assertThat(waits).containsExactly(2L, 2L, 2L, 2L);
    }

    @Test
    void aRegistrationWithoutStreamIsMadeAgain() {
        registration.start(Duration.ZERO);
        registration.registered();
        assertPhase(Phase.AWAITING_STREAM);
        assertThat(world.alarm).isEqualTo(Registration.STREAM_LIMIT);
        world.taken();
        world.sleep();
        assertThat(world.taken()).containsExactly("cancel", "stopServing");
        world.sleep();
        assertThat(world.taken()).containsExactly("serve", "register");
    }

    @Test
    void devicesThatTheKubeletHasLostSilentlyAreRegisteredAgain() {
        registration.start(Duration.ZERO);
        registration.registered();
        registration.streamOpened();
        world.taken();
        for (int i = 1; i < Registration.READS_WITHOUT_DEVICES; i++) {
            registration.read(null, false);
            assertPhase(Phase.VERIFYING);
        }
        assertThat(world.taken()).as("lists are held back until verified").doesNotContain("release");
        registration.read(null, false);
        assertThat(world.taken()).contains("stopServing");
        assertPhase(Phase.PAUSING);
        assertThat(registration.status().lastError()).contains("PodResources");
    }

    @Test
    void alsoWhenItHasServedForLong() {
        serve();
        for (int i = 0; i < Registration.READS_WITHOUT_DEVICES - 1; i++) {
            registration.read(null, false);
        }
        registration.read(null, true);
        assertPhase(Phase.SERVING);
        for (int i = 0; i < Registration.READS_WITHOUT_DEVICES; i++) {
            registration.read(null, false);
        }
        assertPhase(Phase.PAUSING);
    }

    @Test
    void withoutPodResourcesItServesUnverifiedAndSaysSo() {
        registration.start(Duration.ZERO);
        registration.registered();
        registration.streamOpened();
        for (int i = 0; i < Registration.READS_WITHOUT_API; i++) {
            assertPhase(Phase.VERIFYING);
            registration.read("socket is not there", false);
        }
        assertPhase(Phase.SERVING);
        assertThat(world.taken()).contains("release");
        assertThat(registration.status().registered()).isTrue();
        assertThat(registration.status().verified()).isNull();
        assertThat(registration.status().lastError()).contains("socket is not there");
        registration.read(null, true);
        assertThat(registration.status().verified()).isTrue();
        assertThat(registration.status().lastError()).isNull();
    }

    @Test
    void aNewKubeletSocketMeansANewSocketOfOursAndAPause() {
        serve();
        registration.kubeletStarted();
        assertThat(world.taken()).containsExactly("cancel", "stopServing");
        assertThat(world.alarm).isEqualTo(Registration.PAUSE);
    }

    @Test
    void aSocketThatCannotBeBoundIsTriedAgain() {
        world.obstacle = "no directory";
        registration.start(Duration.ZERO);
        assertThat(world.taken()).containsExactly("serve");
        assertThat(registration.status().lastError()).isEqualTo("no directory");
        world.obstacle = null;
        world.sleep();
        assertThat(world.taken()).containsExactly("serve", "register");
    }

    /** Which leaves a second for the kubelet, so that a node whose kubelet is well again has its devices within five. */
    @Test
    void whateverTheKubeletHasDoneItIsAskedAgainWithinFourSeconds() {
        List<Runnable> deeds = List.of(
                () -> registration.refused("no"),
                registration::registered,
                () -> {
                    registration.registered();
                    registration.streamOpened();
                    registration.streamEnded();
                },
                registration::kubeletStarted);
        Random random = new Random(1);
        registration.start(Duration.ZERO);
        for (int i = 0; i < 1000; i++) {
            Instant deed = world.now;
            deeds.get(random.nextInt(deeds.size())).run();
            while (registration.phase() != Phase.REGISTERING) {
                world.sleep();
            }
            assertThat(Duration.between(deed, world.now)).isLessThanOrEqualTo(Duration.ofSeconds(4));
        }
    }

    @Test
    void itNeverRegistersWhileItsRegistrationIsAlive() {
        serve();
        registration.read(null, true);
        registration.registered();
        registration.refused("late");
        registration.wake();
        assertThat(world.taken()).doesNotContain("register");
        assertPhase(Phase.SERVING);
    }

    @Test
    void stoppedIsStopped() {
        serve();
        registration.stop();
        assertThat(world.taken()).containsExactly("cancel", "stopServing");
        registration.kubeletStarted();
        registration.streamEnded();
        registration.wake();
        assertThat(world.taken()).isEmpty();
        assertPhase(Phase.STOPPED);
        assertThat(registration.status().registered()).isFalse();
    }

    private void serve() {
        registration.start(Duration.ZERO);
        registration.registered();
        registration.streamOpened();
        registration.read(null, true);
        assertPhase(Phase.SERVING);
        world.taken();
    }

    private void assertPhase(Phase phase) {
        assertThat(registration.phase()).isEqualTo(phase);
    }

    /** Notes what is asked for; time passes only in sleep. */
    private final class FakeWorld implements Registration.World {
        private final List<String> asked = new ArrayList<>();
        private Instant now = START;
        private Duration alarm;
        private boolean kubelet = true;
        private boolean found;
        private String obstacle;

        /** What was asked for since the last call. */
        private List<String> taken() {
            List<String> taken = List.copyOf(asked);
            asked.clear();
            return taken;
        }

        private void sleep() {
            now = now.plus(alarm);
            registration.wake();
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public boolean kubeletPresent() {
            return kubelet;
        }

        @Override
        public String serve() {
            asked.add("serve");
            return obstacle;
        }

        @Override
        public void stopServing() {
            asked.add("stopServing");
        }

        @Override
        public void register() {
            asked.add("register");
        }

        @Override
        public boolean foundByKubelet() {
            return found;
        }

        @Override
        public void cancelRegister() {
            asked.add("cancel");
        }

        @Override
        public void readPodResources() {
            asked.add("read");
        }

        @Override
        public void releaseLists() {
            asked.add("release");
        }

        @Override
        public void wakeAfter(Duration time) {
            alarm = time;
        }

        @Override
        public void changed() {}
    }
}
