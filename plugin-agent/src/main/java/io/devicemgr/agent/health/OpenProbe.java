package io.devicemgr.agent.health;

import io.devicemgr.agent.device.Device;
import io.devicemgr.agent.device.Health.Reason;
import io.devicemgr.agent.device.HostPaths;
import io.devicemgr.agent.runtime.Posix;
import io.devicemgr.agent.runtime.Posix.Access;
import io.devicemgr.agent.runtime.Posix.Failure;
import io.devicemgr.api.v1alpha1.HealthProbe.Open;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Opens every node that makes the device, and closes it again. */
final class OpenProbe implements Probe {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(2);

    /** Somebody has the device open and wants to be alone with it: that is use, not damage. */
    private static final int EBUSY = 16;

    private final HostPaths host;
    private final Open.Mode mode;
    private final Opener opener;

    /** How a node is opened. */
    interface Opener {
        /**
         * Opens and closes without waiting for a carrier or a peer.
         *
         * @return why it cannot be opened, or nothing
         * @throws IOException when the C library cannot be called, which says nothing about the node
         */
        Optional<Failure> tryOpen(Path node, Access access) throws IOException;
    }

    OpenProbe(HostPaths host, Open.Mode mode) {
        this(host, mode, Posix::tryOpen);
    }

    OpenProbe(HostPaths host, Open.Mode mode, Opener opener) {
        this.host = host;
        this.mode = mode;
        this.opener = opener;
    }

    @Override
    public String kind() {
        return "open";
    }

    @Override
    public Reason failure() {
        return Reason.OPEN_FAILED;
    }

    @Override
    public Duration timeLimit() {
        return TIME_LIMIT;
    }

    @Override
    public Outcome run(Device device) {
        if (mode == Open.Mode.None) {
            return Outcome.passed();
        }
        for (Path node : host.ownNodes(device)) {
            Optional<String> problem = open(node);
            if (problem.isPresent()) {
                return Outcome.failed(Reason.OPEN_FAILED, problem.get());
            }
        }
        return Outcome.passed();
    }

    private Optional<String> open(Path node) {
        boolean reading = mode == Open.Mode.ReadOnly;
        try {
            return opener.tryOpen(node, reading ? Access.READ : Access.READ_WRITE)
                    .filter(failure -> failure.errno() != EBUSY)
                    .map(failure -> node + " cannot be opened for " + (reading ? "reading" : "reading and writing")
                            + ": " + failure);
        } catch (IOException e) {
            return Optional.of(
                    node + " cannot be tried: " + e.getMessage() + "; the agent's image must have what JNA needs");
        }
    }
}
