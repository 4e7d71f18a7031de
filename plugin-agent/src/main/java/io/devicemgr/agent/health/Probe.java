package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import java.time.Duration;

/** One way to ask a device whether it can be used. Runs on a worker thread and may hang there. */
interface Probe {

    /** Its name in the spec: open, sysfsAttribute or command. */
    String kind();

    /** The reason that its failures have. */
    Reason failure();

    /** Time after which nobody waits for it any more. */
    Duration timeLimit();

    /**
     * Asks once.
     *
     * @throws InterruptedException when the agent stops; nothing is left running then
     */
    Outcome run(Device device) throws InterruptedException;
}
