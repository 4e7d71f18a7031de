package io.devicemgr.agent.report;

import io.devicemgr.agent.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.regex.Pattern;

/** The one request that the agent makes: server-side apply, with the pod's service account. */
final class ApiServer {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
    private static final int UNAUTHORIZED = 401;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\x7f-\\x9f\\ufffe\\uffff]");
    private static final String FIELD_MANAGER = "device-plugin-agent";

    private final URI base;
    private final ServiceAccount account;
    private HttpClient client;
    private FileTime clientTrust;

    /**
     * @param base for example https://10.96.0.1:443
     * @param serviceAccount directory with token and ca.crt
     */
    ApiServer(URI base, Path serviceAccount) {
        this.base = base;
        this.account = new ServiceAccount(serviceAccount);
    }

    /**
     * Applies an object and takes its fields from whoever had them.
     *
     * @param path path of the object, or of its status
     * @throws IOException when the server cannot be reached, or token or CA cannot be read
     */
    Reply apply(String path, Object object) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        base.resolve(path + "?fieldManager=" + FIELD_MANAGER + "&force=true"))
                .timeout(ANSWER_LIMIT)
                .header("Authorization", "Bearer " + account.token())
                .header("Content-Type", "application/apply-patch+yaml")
                .header("Accept", "application/json")
                .header("User-Agent", FIELD_MANAGER)
                .method("PATCH", BodyPublishers.ofString(asYaml(Json.write(object))))
                .build();
        HttpResponse<String> response = client().send(request, BodyHandlers.ofString());
        if (response.statusCode() == UNAUTHORIZED) {
            account.tokenRefused();
        }
        return new Reply(response.statusCode(), message(response), retryAfter(response));
    }

    /** The server reads what is applied as YAML, where these characters must be escaped; in JSON they stand in texts only. */
    static String asYaml(String json) {
        return UNPRINTABLE
                .matcher(json)
                .replaceAll(
                        found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    private HttpClient client() throws IOException {
        boolean secure = base.getScheme().equals("https");
        FileTime trust = secure ? account.caTime() : FileTime.fromMillis(0);
        if (client == null || !trust.equals(clientTrust)) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
            if (secure) {
                builder.sslContext(account.trust());
            }
            client = builder.build();
            clientTrust = trust;
        }
        return client;
    }

    /** The text of a Kubernetes Status object, or the beginning of whatever came. */
    private static String message(HttpResponse<String> response) {
        if (response.statusCode() < 300) {
            return "";
        }
        String body = response.body();
        try {
            String message = Json.read(body, Failure.class).message();
            return message == null || message.isEmpty() ? shortened(body) : message;
        } catch (IllegalArgumentException e) {
            return shortened(body);
        }
    }

    private static String shortened(String body) {
        return body.substring(0, Math.min(body.length(), 200));
    }

    private static Duration retryAfter(HttpResponse<String> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("0");
        return seconds.matches("\\d{1,4}") ? Duration.ofSeconds(Long.parseLong(seconds)) : Duration.ZERO;
    }

    /** What the agent reads of a Kubernetes Status object. */
    private record Failure(String message) {}

    /**
     * An answer.
     *
     * @param message what the server says about a failure
     * @param retryAfter how long it asks to wait; zero when it does not
     */
    record Reply(int status, String message, Duration retryAfter) {
        boolean succeeded() {
            return status >= 200 && status < 300;
        }
    }
}
