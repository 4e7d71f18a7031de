package io.devicemgr.testkit.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.devicemgr.testkit.apiserver.control.ClusterControllers;
import io.devicemgr.testkit.apiserver.http.Faults;
import io.devicemgr.testkit.apiserver.http.Gateway;
import io.devicemgr.testkit.apiserver.http.HttpFront;
import io.devicemgr.testkit.apiserver.http.Identities;
import io.devicemgr.testkit.apiserver.http.ServingCertificate;
import io.devicemgr.testkit.apiserver.json.Json;
import io.devicemgr.testkit.apiserver.policy.AdmissionPolicies;
import io.devicemgr.testkit.apiserver.policy.User;
import io.devicemgr.testkit.apiserver.resources.KindRegistry;
import io.devicemgr.testkit.apiserver.resources.ResourceVerbs;
import io.devicemgr.testkit.apiserver.store.GroupResource;
import io.devicemgr.testkit.apiserver.store.Store;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A Kubernetes API server in memory, on 127.0.0.1, for clients of every kind: the operator, the node agent, kubectl. It
 * follows the API conventions of Kubernetes v1.36; what it leaves out is in this package's package-info.
 */
public final class SimulatedApiServer implements AutoCloseable {
    private final Store store;
    private final HttpFront front;
    private final Optional<ServingCertificate> certificate;
    private final Faults faults = new Faults();
    private final RequestLog log = new RequestLog();
    private final Identities identities = new Identities();
    private final ClusterControllers controllers;
    private final ClusterObjects objects;

    private SimulatedApiServer(Builder options) {
        store = new Store(options.historySize);
        KindRegistry kinds = new KindRegistry();
        AdmissionPolicies policies = new AdmissionPolicies();
        ResourceVerbs verbs = new ResourceVerbs(store, kinds, policies, options.clock, options.gracefulPods);
        store.onCommit(kinds::follow);
        store.onCommit(policies::follow);
        kinds.onRemoved(store::closeClientWatches);
        objects = new ClusterObjects(store, kinds, verbs);
        controllers = new ClusterControllers(store, kinds, verbs);
        certificate = options.tls ? Optional.of(ServingCertificate.make()) : Optional.empty();
        front = new HttpFront(options.port, certificate, new Gateway(store, kinds, verbs, identities, faults, log));
        furnish();
    }

    /** A server with any free port, already started. */
    public static SimulatedApiServer started() {
        return builder().build().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Options of the server. */
    public static final class Builder {
        private int port;
        private int historySize = 20_000;
        private boolean gracefulPods;
        private boolean tls;
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** The port on 127.0.0.1; 0 (the default) for any free one. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** How many events per resource a watch can be resumed from; older ones get 410. Default 20,000. */
        public Builder historySize(int events) {
            historySize = events;
            return this;
        }

        /** The clock of creation and deletion times. */
        public Builder clock(Clock source) {
            clock = source;
            return this;
        }

        /**
         * Pods on a node stay after their deletion until somebody deletes them with grace period 0, as a kubelet does.
         * Off by default: they go at once.
         */
        public Builder gracefulPodDeletion(boolean on) {
            gracefulPods = on;
            return this;
        }

        /** Serves HTTPS with a certificate of its own, which kubeconfigs and client configurations carry. Off by default. */
        public Builder tls(boolean on) {
            tls = on;
            return this;
        }

        public SimulatedApiServer build() {
            return new SimulatedApiServer(this);
        }
    }

    /** Opens the port. */
    public SimulatedApiServer start() {
        front.open();
        return this;
    }

    public int port() {
        return front.port();
    }

    /** The base URL, without a slash at its end. */
    public String url() {
        return (certificate.isPresent() ? "https" : "http") + "://127.0.0.1:" + port();
    }

    /** A kubeconfig whose user is the admin. */
    public String kubeconfig() {
        return kubeconfig(Identities.ADMIN_TOKEN);
    }

    /** A kubeconfig with a bearer token given to {@link #addToken}. */
    public String kubeconfig(String token) {
        return KubeconfigText.of(url(), authorityData(), token);
    }

    private String authorityData() {
        return certificate.map(ServingCertificate::authorityData).orElse("");
    }

    public Path writeKubeconfig(Path file) {
        try {
            return Files.writeString(file, kubeconfig());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kubeconfig " + file, e);
        }
    }

    /** A configuration for the fabric8 client, which reads nothing from the surroundings. */
    public Config clientConfig() {
        return clientConfig(Identities.ADMIN_TOKEN);
    }

    public Config clientConfig(String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withOauthToken(token)
                .withCaCertData(
                        certificate.map(ServingCertificate::authorityData).orElse(null))
                .withNamespace("default")
                .withHttp2Disable(true)
                .withWatchReconnectInterval(100)
                .withRequestRetryBackoffInterval(100)
                .build();
    }

    /**
     * Server-side apply of all documents, as the admin with force; a status in a document is applied too. Throws
     * ApiException as the API would refuse the document, IllegalArgumentException for a kind that nobody serves.
     */
    public void applyYaml(String yaml) {
        objects.applyYaml(yaml);
    }

    public void applyYaml(InputStream yaml) {
        try (yaml) {
            applyYaml(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Serves KubeletConfig and MachineConfigPool (machineconfiguration.openshift.io/v1). */
    public void installOpenShift() {
        for (String file : List.of("kubeletconfigs.crd.yaml", "machineconfigpools.crd.yaml")) {
            applyYaml(SimulatedApiServer.class.getResourceAsStream("/openshift/" + file));
        }
    }

    /** Direct access for simulators that play kubelets and controllers: not recorded, no faults, no latency. */
    public ClusterObjects objects() {
        return objects;
    }

    /** Registers a bearer token; from the first one on, requests need a token. */
    public void addToken(String token, String user, String... groups) {
        addToken(token, User.of(user, groups));
    }

    /** The same for a user of whom more is known. */
    public void addToken(String token, User user) {
        identities.add(token, user);
    }

    /** Called for every request over HTTP, on the thread that serves it. */
    public void onRequest(Consumer<RequestInfo> listener) {
        log.add(listener);
    }

    /** Called for every question whether a request would be allowed (SelfSubjectAccessReview and its like). */
    public void onAccessReview(Consumer<RequestInfo> listener) {
        log.addReviews(listener);
    }

    /** Requests over HTTP so far that match; namespace and name are "" in what the predicate sees. */
    public long requestCount(Predicate<RequestInfo> which) {
        return log.count(which);
    }

    public void resetRequestCounts() {
        log.reset();
    }

    /** Closes the port, all connections and all watches; with false everything is back on the same port. */
    public void outage(boolean on) {
        if (on) {
            front.shut();
            store.closeClientWatches();
        } else {
            front.open();
        }
    }

    /** The next requests that match fail; a Retry-After of 0 seconds is left out. */
    public void failNext(int count, Predicate<RequestInfo> which, int statusCode, int retryAfterSeconds) {
        faults.failNext(count, which, statusCode, retryAfterSeconds);
    }

    /** Every request waits this long before it is looked at. */
    public void latency(Duration delay) {
        faults.latency(delay, request -> true);
    }

    /** Requests that match wait this long before they are looked at. */
    public void latency(Duration delay, Predicate<RequestInfo> which) {
        faults.latency(delay, which);
    }

    /** Requests that match are never answered, until {@link #clearFaults()} closes their connections. */
    public void silence(Predicate<RequestInfo> which) {
        faults.silence(which);
    }

    /** The next answers that match break off after so many bytes of their body; what was asked for has been done. */
    public void breakOff(int count, Predicate<RequestInfo> which, int bytes) {
        faults.breakOff(count, which, bytes);
    }

    /** The next answers that match are not JSON. */
    public void garble(int count, Predicate<RequestInfo> which) {
        faults.garble(count, which);
    }

    public void clearFaults() {
        faults.clear();
    }

    /** Breaks all watches; clients may come back at once. */
    public void dropWatches() {
        store.closeClientWatches();
    }

    /** Forgets all events so far: who resumes a watch from before gets 410 Expired. */
    public void compactHistory() {
        store.compact();
    }

    public int openWatches() {
        return store.clientWatches();
    }

    /** The revision of the latest write. */
    public long revision() {
        return store.revision();
    }

    private void furnish() {
        for (String name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            create(new GroupResource("", "namespaces"), object("v1", "Namespace", name));
            objects.verbs().createDefaultServiceAccount(name);
        }
        priorityClass(
                "system-node-critical",
                2_000_001_000,
                "Used for system critical pods that must not be moved from their current node.");
        priorityClass(
                "system-cluster-critical",
                2_000_000_000,
                "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.");
    }

    private void priorityClass(String name, int value, String description) {
        ObjectNode priority = object("scheduling.k8s.io/v1", "PriorityClass", name);
        priority.put("value", value).put("description", description).put("preemptionPolicy", "PreemptLowerPriority");
        create(new GroupResource("scheduling.k8s.io", "priorityclasses"), priority);
    }

    private void create(GroupResource resource, ObjectNode object) {
        objects.verbs().createByServer(resource, "", object);
    }

    private static ObjectNode object(String apiVersion, String kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    @Override
    public void close() {
        front.shut();
        store.closeClientWatches();
        controllers.close();
        objects.close();
        front.close();
    }
}
