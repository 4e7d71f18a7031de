package io.devicemgr.testkit.sandbox;

import io.devicemgr.api.v1alpha1.ConditionType;
import io.devicemgr.api.v1alpha1.DevicePluginDeployment;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** Prints what happens, with the seconds since the start in front. */
final class Progress {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private String lastState = "";

    Progress(PrintStream out) {
        this.out = out;
    }

    void say(String format, Object... arguments) {
        out.printf(
                Locale.ROOT,
                "[%6.2fs] %s%n",
                (System.nanoTime() - start) / 1e9,
                arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    }

    void plain(String text) {
        out.println(text);
    }

    /** Says how a deployment stands, when that is news. */
    void state(DevicePluginDeployment deployment) {
        Optional<Condition> ready = Statuses.condition(deployment, ConditionType.Ready);
        if (ready.isEmpty() || deployment.getStatus().summary() == null) {
            return;
        }
        String state = String.format(
                "status: Ready=%s %s, nodes %s, devices %s: %s",
                ready.get().getStatus(),
                ready.get().getReason(),
                deployment.getStatus().summary().nodes(),
                deployment.getStatus().summary().devices(),
                ready.get().getMessage());
        if (!state.equals(lastState)) {
            lastState = state;
            say("%s", state);
        }
    }
}
