package io.devicemgr.testkit.sandbox;

import java.io.IOException;

/** What a sandbox plays through. */
interface Scenario extends AutoCloseable {
    /** Whether everything was observed that should be. */
    boolean run() throws IOException;

    @Override
    void close();
}
