package io.devicemgr.operator;

import io.devicemgr.operator.config.OperatorConfig;
import io.devicemgr.operator.config.UninstallSettings;
import io.devicemgr.operator.uninstall.Uninstall;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of an installation, as a process of its own: the chart's hook runs it before the release goes. */
final class UninstallMain {
    private static final Logger LOG = LoggerFactory.getLogger(UninstallMain.class);

    private UninstallMain() {}

    /** Returns the exit code: 0 when nothing is left, 1 when something is, 2 when it was called wrongly, 3 to be tried again. */
    static int run(Map<String, String> environment, Config connection) {
        UninstallSettings settings;
        try {
            settings = UninstallSettings.from(environment, OperatorConfig.NAMESPACE_FILE);
        } catch (IllegalArgumentException e) {
            LOG.error("{}", e.getMessage());
            return 2;
        }
        try (KubernetesClient client = ApiClient.of(connection, List.of())) {
            return new Uninstall(client, settings, Clock.systemUTC()).run() ? 0 : 1;
        } catch (KubernetesClientException e) {
            LOG.error("The API server does not let the uninstallation go on: {}", e.getMessage());
            return 3;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 3;
        }
    }
}
