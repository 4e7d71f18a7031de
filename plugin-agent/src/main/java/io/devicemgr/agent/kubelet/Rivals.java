package io.devicemgr.agent.kubelet;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Looks after the resources while another agent offers them too. When the newer of two ends, a kubelet of 1.36 drops the older one and
 * tells it nothing (contract fact 4): that shows in PodResources only, which is read once a minute otherwise.
 */
final class Rivals {
    private static final Duration PACE = Duration.ofSeconds(2);

    /** Looks that must show no rival: its socket may go a moment before the kubelet drops it. */
    private static final int CALM_LOOKS = 2;

    private final KubeletLoop loop;
    private final BooleanSupplier present;
    private final Runnable read;
    private int looksLeft;

    /**
     * @param present whether there is another agent's socket
     * @param read reads PodResources soon
     */
    Rivals(KubeletLoop loop, BooleanSupplier present, Runnable read) {
        this.loop = loop;
        this.present = present;
        this.read = read;
    }

    /** The directory has changed. On the loop. */
    void look() {
        boolean idle = looksLeft == 0;
        if (present.getAsBoolean()) {
            looksLeft = CALM_LOOKS;
            if (idle) {
                loop.after(PACE, this::lookAgain);
            }
        }
    }

    private void lookAgain() {
        read.run();
        looksLeft = present.getAsBoolean() ? CALM_LOOKS : looksLeft - 1;
        if (looksLeft > 0) {
            loop.after(PACE, this::lookAgain);
        }
    }
}
