package io.devicemgr.testkit.apiserver;

/** The text of a kubeconfig for one server and one token. */
final class KubeconfigText {
    private KubeconfigText() {}

    static String of(String url, String authorityData, String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: simulated
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: user
                  user:
                    token: %s
                contexts:
                - name: simulated
                  context:
                    cluster: simulated
                    user: user
                    namespace: default
                current-context: simulated
                """.formatted(url, authorityData, token);
    }
}
