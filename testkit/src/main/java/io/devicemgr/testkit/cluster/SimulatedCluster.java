package io.devicemgr.testkit.cluster;

import io.devicemgr.testkit.apiserver.SimulatedApiServer;
import io.devicemgr.testkit.kubelet.SimulatedKubeletOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster on this machine without privileges: an API server, nodes whose pods are real processes, a scheduler and the controllers
 * of DaemonSets, Deployments and Jobs, in one directory below /tmp that {@link #close()} removes.
 */
public final class SimulatedCluster implements AutoCloseable {
    /** Namespace of the operator. */
    public static final String NAMESPACE = "device-plugin-operator";
    /** Whom the API server takes the operator for. */
    public static final String OPERATOR_USER = "system:serviceaccount:" + NAMESPACE + ":device-plugin-operator";

    private static final String OPERATOR_TOKEN = "operator-token";

    /** Version that the nodes report. */
    public static final String KUBELET_VERSION = "v1.36.2";

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedCluster.class);
    private static final Duration RESYNC = Duration.ofSeconds(1);
    /** Events come in crowds; one look at the cluster is enough for those of a moment. */
    private static final Duration GATHER = Duration.ofMillis(10);

    private static final List<String> CUSTOM_RESOURCES =
            List.of("deviceplugindeployments.devicemgr.io.yaml", "nodedevicereports.devicemgr.io.yaml");

    private final Path directory;
    private final SimulatedApiServer apiServer;
    private final KubernetesClient client;
    private final ImageStore images = new ImageStore();
    private final PodNetwork network;
    private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private SharedIndexInformer<Deployment> deploymentsSeen;
    private SharedIndexInformer<Job> jobsSeen;
    private final List<OperatorProcess> operators = new CopyOnWriteArrayList<>();
    private final AtomicBoolean dirty = new AtomicBoolean();
    private final Duration nodeStatusInterval;
    private final DaemonSetController daemonSets;
    private final DeploymentController deployments;
    private final JobController jobs;
    private final PodScheduler scheduler;
    private final NodeLifecycle lifecycle;
    private final PodGarbageCollector garbage;
    private final PodHistory history;
    private final ScheduledExecutorService controllers = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "controllers");
        thread.setDaemon(true);
        return thread;
    });

    private SimulatedCluster(
            Path directory, SimulatedApiServer apiServer, PodNetwork network, Duration nodeStatusInterval) {
        this.network = network;
        this.directory = directory;
        this.apiServer = apiServer;
        this.nodeStatusInterval = nodeStatusInterval;
        this.client = new KubernetesClientBuilder()
                .withConfig(apiServer.clientConfig())
                .build();
        this.daemonSets = new DaemonSetController(client, this::runControllers);
        this.deployments = new DeploymentController(client);
        this.jobs = new JobController(client);
        this.scheduler = new PodScheduler(client);
        this.lifecycle = new NodeLifecycle(client, this::node);
        this.garbage = new PodGarbageCollector(client);
        this.history = new PodHistory(apiServer);
    }

    /**
     * Starts a cluster without nodes, with our custom resources and the operator's namespace.
     *
     * @param nodeStatusInterval how often kubelets bring their devices into the node status; 10 s in a real kubelet
     */
    public static SimulatedCluster start(Duration nodeStatusInterval) throws IOException {
        SimulatedCluster cluster = empty(nodeStatusInterval);
        try {
            cluster.install();
        } catch (RuntimeException | IOException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** The same without our custom resources and the operator's namespace, for whoever installs them. */
    public static SimulatedCluster empty(Duration nodeStatusInterval) throws IOException {
        SimulatedApiServer apiServer = SimulatedApiServer.builder()
                .tls(true)
                .gracefulPodDeletion(true)
                .build()
                .start();
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "dpo");
        SimulatedCluster cluster = new SimulatedCluster(directory, apiServer, PodNetwork.claim(), nodeStatusInterval);
        try {
            cluster.open();
            cluster.watch();
        } catch (RuntimeException | IOException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void install() throws IOException {
        for (String name : CUSTOM_RESOURCES) {
            try (InputStream yaml = SimulatedCluster.class.getResourceAsStream("/crds/" + name)) {
                apiServer.applyYaml(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
    }

    private void open() throws IOException {
        apiServer.writeKubeconfig(kubeconfig());
        apiServer.addToken(OPERATOR_TOKEN, OPERATOR_USER, "system:serviceaccounts", "system:authenticated");
        Files.writeString(operatorKubeconfig(), apiServer.kubeconfig(OPERATOR_TOKEN));
    }

    private void watch() {
        informers.add(client.nodes().inform(trigger()));
        informers.add(client.apps().daemonSets().inAnyNamespace().inform(trigger()));
        deploymentsSeen = client.apps().deployments().inAnyNamespace().inform(trigger());
        jobsSeen = client.batch().v1().jobs().inAnyNamespace().inform(trigger());
        informers.add(deploymentsSeen);
        informers.add(jobsSeen);
        informers.add(client.pods().inAnyNamespace().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                changed(pod);
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                changed(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean stateUnknown) {
                SimulatedNode node = nodeOf(pod);
                if (node != null) {
                    node.podGone(pod);
                }
                runControllers();
            }

            private void changed(Pod pod) {
                SimulatedNode node = nodeOf(pod);
                if (node != null) {
                    node.podChanged(pod);
                }
                runControllers();
            }
        }));
        controllers.scheduleWithFixedDelay(
                this::runControllers, RESYNC.toMillis(), RESYNC.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized SimulatedNode nodeOf(Pod pod) {
        return nodes.get(pod.getSpec().getNodeName());
    }

    private <T extends HasMetadata> ResourceEventHandler<T> trigger() {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                runControllers();
            }

            @Override
            public void onUpdate(T before, T object) {
                runControllers();
            }

            @Override
            public void onDelete(T object, boolean stateUnknown) {
                runControllers();
            }
        };
    }

    private void runControllers() {
        if (dirty.compareAndSet(false, true) && !controllers.isShutdown()) {
            controllers.schedule(this::controllersOnce, GATHER.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void controllersOnce() {
        dirty.set(false);
        try {
            Instant now = Instant.now();
            List<Node> allNodes = client.nodes().list().getItems();
            List<Pod> allPods = pods();
            lifecycle.sync(allNodes, allPods, now);
            garbage.sync(allNodes, allPods);
            client.apps().daemonSets().inAnyNamespace().list().getItems().stream()
                    .filter(ds -> ds.getMetadata().getDeletionTimestamp() == null)
                    .forEach(ds -> daemonSets.sync(ds, allNodes, allPods, now));
            workloads(allPods, now);
            for (Pod pod : allPods) {
                if (pod.getSpec().getNodeName() == null && pod.getMetadata().getDeletionTimestamp() == null) {
                    // What the one before has got is gone for this one.
                    scheduler.schedule(pod, allNodes, PodScheduler.asksForDevices(pod) ? pods() : allPods);
                }
            }
        } catch (KubernetesClientException e) {
            LOG.debug("controllers: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("controllers", e); // The executor would never call again.
        }
    }

    /** Where there are none, nobody is asked for them. */
    private void workloads(List<Pod> allPods, Instant now) {
        if (!deploymentsSeen.getStore().list().isEmpty()) {
            List<ReplicaSet> sets =
                    client.apps().replicaSets().inAnyNamespace().list().getItems();
            live(client.apps().deployments().inAnyNamespace().list().getItems())
                    .forEach(each -> deployments.sync(each, sets, allPods));
        }
        if (!jobsSeen.getStore().list().isEmpty()) {
            live(client.batch().v1().jobs().inAnyNamespace().list().getItems())
                    .forEach(each -> jobs.sync(each, allPods, now));
        }
    }

    private static <T extends HasMetadata> Stream<T> live(List<T> objects) {
        return objects.stream().filter(each -> each.getMetadata().getDeletionTimestamp() == null);
    }

    private List<Pod> pods() {
        return client.pods().inAnyNamespace().list().getItems();
    }

    /** Adds a node with these labels; its /dev is empty. */
    public SimulatedNode addNode(String name, Map<String, String> labels) throws IOException {
        return addNode(name, labels, kubelet -> kubelet);
    }

    /**
     * The same with a kubelet of other settings, for example another profile. Without them it is a v1.36 kubelet that watches
     * the node's {@code /var/lib/kubelet/plugins_registry}.
     */
    public SimulatedNode addNode(
            String name, Map<String, String> labels, UnaryOperator<SimulatedKubeletOptions> kubeletSettings)
            throws IOException {
        SimulatedNode node = new SimulatedNode(
                name,
                client,
                images,
                network,
                Files.createDirectories(directory.resolve(name)),
                kubelet -> kubeletSettings.apply(kubelet.withStatusInterval(nodeStatusInterval)),
                this::runControllers);
        synchronized (this) {
            nodes.put(name, node);
        }
        node.start(labels, KUBELET_VERSION);
        return node;
    }

    /**
     * A node leaves for good: its machine ends without notice, and its object is deleted. A node that is added later under
     * the same name is another machine.
     */
    public void removeNode(String name) throws IOException {
        SimulatedNode node;
        synchronized (this) {
            node = nodes.remove(name);
        }
        node.powerOff();
        client.nodes().withName(name).delete();
        node.close();
        images.forget(name);
        removeDirectory(directory.resolve(name));
    }

    /** How long a kubelet may be silent before its node counts as unreachable; 50 s unless set. */
    public void nodeGrace(Duration grace) {
        lifecycle.grace(grace);
        runControllers();
    }

    /** The DaemonSet controller, for what goes wrong with it. */
    public DaemonSetController daemonSets() {
        return daemonSets;
    }

    /** What has been done to pods. */
    public PodHistory history() {
        return history;
    }

    /**
     * Starts the operator as a process against this cluster; it ends with the cluster. Its pod is called operator-0 unless the
     * environment says POD_NAME.
     */
    public OperatorProcess startOperator(List<String> command, Map<String, String> environment) throws IOException {
        OperatorProcess operator = OperatorProcess.start(command, environment, operatorKubeconfig(), directory);
        operators.add(operator);
        return operator;
    }

    /** Name of the operator that leads, from its lease; empty when none does. */
    public Optional<String> leader() {
        return apiServer
                .objects()
                .get("leases.coordination.k8s.io", NAMESPACE, "device-plugin-operator")
                .map(lease -> lease.at("/spec/holderIdentity").asText())
                .filter(holder -> !holder.isEmpty());
    }

    /** The nodes, by name. */
    public synchronized Map<String, SimulatedNode> nodes() {
        return Map.copyOf(nodes);
    }

    /** The node of that name. */
    public synchronized SimulatedNode node(String name) {
        return nodes.get(name);
    }

    /** The images that nodes can pull. */
    public ImageStore images() {
        return images;
    }

    /** The API server, for what goes wrong with it. */
    public SimulatedApiServer apiServer() {
        return apiServer;
    }

    /** A client with all rights. */
    public KubernetesClient client() {
        return client;
    }

    /** A kubeconfig with all rights. */
    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    private Path operatorKubeconfig() {
        return directory.resolve("operator-kubeconfig");
    }

    /** Everything of this cluster is below this directory. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        operators.forEach(OperatorProcess::close);
        informers.forEach(SharedIndexInformer::stop);
        controllers.shutdownNow();
        nodes().values().parallelStream().forEach(SimulatedNode::close);
        client.close();
        apiServer.close();
        network.close();
        try {
            removeDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeDirectory(Path path) throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
