package io.devicemgr.agent;

import static io.devicemgr.agent.AgentScene.CAMERA;
import static io.devicemgr.agent.AgentScene.SERIAL;

import io.devicemgr.testkit.kubelet.KubeletProfile;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node with one device of each resource. In the end the kubelet must have nothing to complain of. */
abstract class AgentScenario {
    static final Duration LIMIT = Duration.ofSeconds(40);

    private final KubeletProfile profile;
    protected AgentScene scene;

    AgentScenario() {
        this(KubeletProfile.K136);
    }

    AgentScenario(KubeletProfile profile) {
        this.profile = profile;
    }

    @BeforeEach
    final void node() throws IOException {
        scene = new AgentScene(options -> kubelet(options.profile(profile)));
        scene.plug("ttyUSB0", "null");
        scene.plug("cam0", "full");
    }

    @AfterEach
    final void judge() throws IOException {
        scene.judge();
    }

    /** The settings of the kubelet. */
    SimulatedKubeletOptions kubelet(SimulatedKubeletOptions options) {
        return options;
    }

    KubeletProfile profile() {
        return profile;
    }

    /** Starts kubelet and agent and waits until all devices are offered and verified. */
    void serve() throws IOException {
        scene.kubelet().start();
        scene.startAgent();
        scene.awaitAllocatable(SERIAL, 1);
        scene.awaitAllocatable(CAMERA, 1);
        scene.awaitVerified();
    }
}
