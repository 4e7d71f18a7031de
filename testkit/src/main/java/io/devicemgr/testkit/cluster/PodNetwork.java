package io.devicemgr.testkit.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses for pods: one 127.n.0.0/16 of the loopback network for each cluster, so that several clusters can run on one
 * machine. A socket that is kept open holds the claim on it.
 */
final class PodNetwork implements AutoCloseable {
    private static final int CLAIM_PORT = 64999;
    private static final int FIRST = 1;
    private static final int LAST = 254;

    private final ServerSocket claim;
    private final int number;
    private final AtomicInteger next = new AtomicInteger();

    private PodNetwork(ServerSocket claim, int number) {
        this.claim = claim;
        this.number = number;
    }

    /** Claims a network that no other cluster of this machine has. */
    static PodNetwork claim() throws IOException {
        for (int number = FIRST; number <= LAST; number++) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.bind(new InetSocketAddress(InetAddress.getByName("127." + number + ".255.254"), CLAIM_PORT));
                return new PodNetwork(socket, number);
            } catch (IOException e) {
                // Somebody else's: the next one.
                socket.close();
            }
        }
        throw new IOException("all pod networks of this machine are in use");
    }

    /** An address that no other pod had. */
    String newAddress() {
        int pod = next.getAndIncrement();
        return "127." + number + "." + pod / 250 + "." + (pod % 250 + 1);
    }

    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
