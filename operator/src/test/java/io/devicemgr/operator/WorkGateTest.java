package io.devicemgr.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkGateTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final WorkGate gate = new WorkGate(Metrics.NOOP);
    private final AtomicInteger done = new AtomicInteger();

    private record Execution(String name, Callable<Object> work) implements Metrics.ControllerExecution<Object> {
        @Override
        public String controllerName() {
            return "test";
        }

        @Override
        public String successTypeName(Object result) {
            return "";
        }

        @Override
        public ResourceID resourceID() {
            return new ResourceID("lab");
        }

        @Override
        public Map<String, Object> metadata() {
            return Map.of();
        }

        @Override
        public Object execute() throws Exception {
            return work.call();
        }
    }

    private Object pass(String name) throws Exception {
        return gate.timeControllerExecution(new Execution(name, done::incrementAndGet));
    }

    @Test
    void nothingPassesAClosedGateAndNoFinalizerIsTaken() throws Exception {
        assertThat(pass("reconcile")).isEqualTo(1);
        gate.close(LONG);

        assertThat(((UpdateControl<?>) pass("reconcile")).isNoUpdate()).isTrue();
        assertThat(((DeleteControl) pass("cleanup")).isRemoveFinalizer()).isFalse();
        assertThat(done).hasValue(1);
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread work = new Thread(() -> run(() -> {
            begun.countDown();
            goOn.await();
            return done.incrementAndGet();
        }));
        work.start();
        begun.await();
        Thread closing = new Thread(() -> gate.close(LONG));
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        assertThat(done).hasValue(0);

        goOn.countDown();
        closing.join();
        assertThat(done).hasValue(1);
    }

    @Test
    void whatHangsDoesNotKeepTheOperatorFromEnding() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread work = new Thread(() -> run(() -> {
            begun.countDown();
            never.await();
            return null;
        }));
        work.start();
        begun.await();

        gate.close(Duration.ofMillis(1));

        assertThat(((UpdateControl<?>) pass("reconcile")).isNoUpdate()).isTrue();
        never.countDown();
        work.join();
    }

    private void run(Callable<Object> work) {
        try {
            gate.timeControllerExecution(new Execution("reconcile", work));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
