package io.devicemgr.operator;

import io.devicemgr.operator.check.Check;
import io.devicemgr.operator.config.LeaseSettings;
import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.leader.LeaderElection;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Looks at an installation, for helm test; its findings go to the standard output. */
final class CheckMain {
    /** For the pull of an image and the start of a process. */
    private static final Duration START = Duration.ofSeconds(60);

    private CheckMain() {}

    /** Exit code: 0 when all is well, 1 when something is not. */
    static int run(Map<String, String> environment, Config connection) {
        try {
            OperatorConfig config = OperatorConfig.from(environment, OperatorConfig.NAMESPACE_FILE);
            Duration patience = config.lease()
                    .map(LeaseSettings::duration)
                    .orElse(Duration.ZERO)
                    .plus(START);
            try (KubernetesClient client = ApiClient.of(connection, List.of())) {
                return new Check(config, client, LeaderElection.LEASE, patience).run(System.out::println) ? 0 : 1;
            }
        } catch (IllegalArgumentException e) {
            System.out.println("FAIL  environment: " + e.getMessage());
            return 1;
        }
    }
}
