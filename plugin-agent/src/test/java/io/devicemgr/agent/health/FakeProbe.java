package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import java.time.Duration;

/** A probe whose answer the test gives. */
record FakeProbe(Duration timeLimit, Question question) implements Probe {

    /** What a probe does. */
    interface Question {
        Outcome ask(Device device) throws InterruptedException;
    }

    static FakeProbe passing() {
        return new FakeProbe(Duration.ofSeconds(2), device -> Outcome.passed());
    }

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public Reason failure() {
        return Reason.OPEN_FAILED;
    }

    @Override
    public Outcome run(Device device) throws InterruptedException {
        return question.ask(device);
    }
}
