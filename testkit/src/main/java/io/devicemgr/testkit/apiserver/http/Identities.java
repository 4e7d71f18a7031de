package io.devicemgr.testkit.apiserver.http;

import com.sun.net.httpserver.HttpExchange;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import io.devicemgr.testkit.apiserver.policy.User;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Who a bearer token belongs to. While no token is known, everybody is the admin. */
public final class Identities {
    /** The token of the server's own kubeconfig; always valid. */
    public static final String ADMIN_TOKEN = "admin-token";

    private static final User ADMIN = User.of("admin", "system:masters", "system:authenticated");

    private final Map<String, User> tokens = new ConcurrentHashMap<>();

    public void add(String token, User user) {
        tokens.put(token, user);
    }

    /** Throws 401 for a token that nobody registered. */
    User of(HttpExchange exchange) {
        String header = RequestReader.header(exchange, "Authorization");
        String token = header.startsWith("Bearer ")
                ? header.substring("Bearer ".length()).trim()
                : "";
        if (tokens.isEmpty() || token.equals(ADMIN_TOKEN)) {
            return ADMIN;
        }
        User user = tokens.get(token);
        if (user == null) {
            throw ApiException.of(401, "Unauthorized", "Unauthorized");
        }
        return user;
    }
}
