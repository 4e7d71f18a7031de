package io.devicemgr.agent.runtime;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's own uevents (NETLINK_KOBJECT_UEVENT, group 1), and an eventfd to interrupt the wait for them. */
final class UeventSocket implements UeventSource.Connection {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
    private static final int NETLINK_KOBJECT_UEVENT = 15;
    private static final int KERNEL_GROUP = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
    private static final int MSG_TRUNC = 0x20;
    private static final short POLLIN = 1;
    private static final long NS_GET_USERNS = 0xb701;

    /** The kernel's constant for the user namespace that all others descend from. */
    private static final String FIRST_USER_NAMESPACE = "user:[4026531837]";

    /** The kernel doubles it: room for about 10,000 events. Memory is taken only when they come. */
    private static final int RECEIVE_BUFFER = 4 << 20;

    /** The kernel's own limit is 2 KiB and a header. */
    private static final int LONGEST_MESSAGE = 8192;

    private static final int POLLFD_SIZE = 8;
    private static final int REVENTS = 6;
    private static final int ADDRESS_SIZE = 12;
    private static final int ADDRESS_PID = 4;
    private static final int ADDRESS_GROUPS = 8;

    private final int socket;
    private final int waker;
    private final ByteBuffer polled = buffer(2 * POLLFD_SIZE);
    private final ByteBuffer message = buffer(LONGEST_MESSAGE);
    private final ByteBuffer sender = buffer(ADDRESS_SIZE);
    private final ByteBuffer senderSize = buffer(Integer.BYTES);
    private final ByteBuffer count = buffer(Long.BYTES);
    private boolean open = true;

    private UeventSocket(int socket, int waker) {
        this.socket = socket;
        this.waker = waker;
        polled.putInt(0, socket).putShort(Integer.BYTES, POLLIN);
        polled.putInt(POLLFD_SIZE, waker).putShort(POLLFD_SIZE + Integer.BYTES, POLLIN);
    }

    /** @throws IOException when there is none to be had here, or one that would never hear anything */
    static UeventSocket open() throws IOException {
        Posix.require();
        requireAudibleNamespace();
        int socket = (int) Posix.check(
                "netlink socket", Libc.socket(AF_NETLINK, SOCK_DGRAM_CLOEXEC_NONBLOCK, NETLINK_KOBJECT_UEVENT));
        int waker = -1;
        try {
            enlarge(socket);
            ByteBuffer address = buffer(ADDRESS_SIZE);
            address.putShort(0, (short) AF_NETLINK).putInt(ADDRESS_GROUPS, KERNEL_GROUP);
            Posix.check("bind of the netlink socket", Libc.bind(socket, address, ADDRESS_SIZE));
            waker = (int) Posix.check("eventfd", Libc.eventfd(0, EFD_CLOEXEC_NONBLOCK));
            return new UeventSocket(socket, waker);
        } finally {
            if (waker < 0) {
                Libc.close(socket);
            }
        }
    }

    @Override
    public UeventSource.Received receive(int patienceMillis) throws IOException {
        long ready = Libc.poll(polled, 2, patienceMillis);
        if (ready < 0 && Native.getLastError() != Posix.EINTR) {
            Posix.check("poll", ready);
        }
        if (ready <= 0) {
            return UeventSource.Signal.NOTHING;
        }
        if (polled.getShort(POLLFD_SIZE + REVENTS) != 0) {
            Libc.read(waker, count, Long.BYTES);
            return UeventSource.Signal.NOTHING;
        }
        return read();
    }

    private UeventSource.Received read() throws IOException {
        senderSize.putInt(0, ADDRESS_SIZE);
        long length = Libc.recvfrom(socket, message, LONGEST_MESSAGE, MSG_TRUNC, sender, senderSize);
        if (length < 0) {
            return switch (Native.getLastError()) {
                case Posix.EAGAIN, Posix.EINTR -> UeventSource.Signal.NOTHING;
                case Posix.ENOBUFS -> UeventSource.Signal.OVERFLOW;
                default -> throw new IOException("netlink socket: " + Posix.lastFailure());
            };
        }
        if (length > LONGEST_MESSAGE) {
            return UeventSource.Signal.OVERFLOW;
        }
        byte[] bytes = new byte[(int) length];
        message.get(0, bytes);
        return new UeventSource.Datagram(sender.getInt(ADDRESS_PID), bytes);
    }

    /** May be called on any thread, and after {@link #close()} too. */
    @Override
    public synchronized void wake() {
        if (open) {
            Libc.write(waker, buffer(Long.BYTES).putLong(0, 1), Long.BYTES);
        }
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Libc.close(socket);
            Libc.close(waker);
        }
    }

    private static void enlarge(int socket) {
        ByteBuffer size = buffer(Integer.BYTES).putInt(0, RECEIVE_BUFFER);
        if (Libc.setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, size, Integer.BYTES) < 0) {
            Libc.setsockopt(socket, SOL_SOCKET, SO_RCVBUF, size, Integer.BYTES);
        }
    }

    /** Since Linux 4.18 the kernel tells only network namespaces that belong to the first user namespace; others stay silent. */
    private static void requireAudibleNamespace() throws IOException {
        int network = Libc.open(Posix.nativeName(Path.of("/proc/self/ns/net")), Posix.O_CLOEXEC);
        if (network < 0) {
            return;
        }
        int user = Libc.ioctl(network, NS_GET_USERNS);
        Libc.close(network);
        if (user < 0) {
            return;
        }
        try {
            String owner =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + user)).toString();
            if (!owner.equals(FIRST_USER_NAMESPACE)) {
                throw new IOException("the pod's network namespace belongs to a user namespace of its own (hostUsers:"
                        + " false), which the kernel does not tell about devices");
            }
        } finally {
            Libc.close(user);
        }
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }
}
