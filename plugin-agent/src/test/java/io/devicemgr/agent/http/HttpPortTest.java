package io.devicemgr.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpPortTest {
    private static final int LIMIT_MILLIS = 30_000;
    private static final String BIG = "x".repeat(1 << 20);
    private static final String ASK = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    private final AtomicInteger asked = new AtomicInteger();
    private final Map<String, Supplier<Page>> pages = Map.of(
            "/a", () -> Page.plain(200, "über " + asked.incrementAndGet() + "\n"),
            "/big", () -> Page.plain(200, BIG.substring(0, BIG.length() - asked.incrementAndGet() % 2)),
            "/broken",
                    () -> {
                        throw new IllegalStateException("broken on purpose");
                    });
    private HttpPort port;

    @BeforeEach
    void start() throws IOException {
        port = port(Duration.ofMinutes(5));
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void aPageHasItsTypeItsLengthInBytesAndItsText() throws IOException {
        assertThat(talk("GET /a?x=y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-type: text/plain; charset=utf-8\r\n")
                .contains("content-length: 8\r\n")
                .contains("connection: close\r\n")
                .endsWith("\r\n\r\nüber 1\n");
    }

    @Test
    void headIsAnsweredWithTheHeadersAlone() throws IOException {
        assertThat(talk("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-length: 8\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /b HTTP/1.1|Host: x|404",
        "GET /a/b HTTP/1.1|Host: x|404",
        "GET /broken HTTP/1.1|Host: x|500",
        "GET /a HTTP/1.1|X: x|400",
        "GET /a HTTP/3.7|Host: x|505",
        "POST /a HTTP/1.1|Host: x|405",
        "DELETE /a HTTP/1.1|Host: x|405",
    })
    void aRequestThatCannotBeMetIsAnsweredAndTheConnectionGoesOn(String line) throws IOException {
        String[] parts = line.split("\\|");
        String answer = talk(parts[0] + "\r\n" + parts[1] + "\r\n\r\n" + "GET /a HTTP/1.0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 " + parts[2] + " ").endsWith("über 1\n");
    }

    @Test
    void whoUsesAnotherMethodIsToldWhichThereAre() throws IOException {
        assertThat(talk("PUT /a HTTP/1.0\r\n\r\n")).contains("allow: GET, HEAD\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|\\26\\3\\1\\r\\n\\r\\n",
                "400|hello\\r\\n\\r\\n",
                "400|GET /a HTTP/1.1\\r\\nContent-Length: many\\r\\n\\r\\n",
                "405|POST /a HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\n\\r\\nGET /",
                "413|GET /a HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\n\\r\\nGET /",
                "413|GET /a HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nx\\r\\n0\\r\\n\\r\\n",
            })
    void whatIsNoRequestForAPageEndsTheConnection(String status, String escaped) throws IOException {
        String answer = talk(escaped.translateEscapes() + ASK);
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsOnlyOnce("HTTP/1.1");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aLongRequestLineLongHeadersAndALongBodyAreRefusedWithAnAnswerThatArrives() throws IOException {
        assertThat(talk("GET /" + BIG + " HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 414 ");
        assertThat(talk("GET /a HTTP/1.1\r\nHost: x\r\nX: " + BIG + "\r\n\r\n")).startsWith("HTTP/1.1 431 ");
        assertThat(talk("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + BIG.length() + "\r\n\r\n" + BIG))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void aConnectionIsKeptAsTheVersionOfTheRequestHasIt() throws IOException {
        assertThat(talk(ASK + "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + "GET /a HTTP/1.0\r\n\r\n" + ASK))
                .contains("über 1\n", "über 2\n")
                .endsWith("über 3\n")
                .containsOnlyOnce("connection: close\r\n");
    }

    @Test
    void requestsSentInOneGoAreAnsweredInTheirOrder() throws IOException {
        int requests = 2_000;
        String answers = talk(ASK.repeat(requests) + "GET /a HTTP/1.0\r\n\r\n");
        List<String> bodies =
                answers.lines().filter(line -> line.startsWith("über")).toList();
        assertThat(bodies).hasSize(requests + 1);
        assertThat(bodies.get(requests)).isEqualTo("über " + (requests + 1));
    }

    @Test
    void aClientThatSendsItsRequestByteByByteIsAnswered() throws IOException {
        try (Socket client = client()) {
            client.setTcpNoDelay(true);
            for (byte each : "GET /a HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
                client.getOutputStream().write(each);
            }
            assertThat(rest(client)).endsWith("über 1\n");
        }
    }

    @Test
    void answersDoNotPileUpForAClientThatDoesNotReadThem() throws IOException {
        try (Socket greedy = client()) {
            greedy.getOutputStream().write(bytes("GET /big HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100)));
            assertThat(talk("GET /a HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            assertThat(asked.get())
                    .as("what fits into the buffers of two sockets")
                    .isLessThan(50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /a HT", ASK, "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"})
    void aClientThatOnlyStaysIsSentAwayInTheEnd(String begun) throws IOException {
        try (HttpPort brief = port(Duration.ofMillis(100));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), brief.port())) {
            client.setSoTimeout(LIMIT_MILLIS);
            client.getOutputStream().write(bytes(begun));
            assertThat(isEnded(client)).isTrue();
        }
    }

    @Test
    void manyConnectionsThatAskNothingKeepNobodyOut() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < HttpPort.MAX_CONNECTIONS * 3; i++) {
                idle.add(client());
            }
            assertThat(talk("GET /a HTTP/1.0\r\n\r\n")).endsWith("über 1\n");
            assertThat(isEnded(idle.get(0))).as("the oldest has made room").isTrue();
            Socket youngest = idle.get(idle.size() - 1);
            youngest.getOutputStream().write(bytes("GET /a HTTP/1.0\r\n\r\n"));
            assertThat(rest(youngest)).endsWith("über 2\n");
        } finally {
            for (Socket each : idle) {
                each.close();
            }
        }
    }

    @Test
    void nobodyIsAnsweredBeforeTheStart() throws IOException {
        try (HttpPort waiting = new HttpPort("127.0.0.1", 0, pages);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), waiting.port())) {
            client.setSoTimeout(LIMIT_MILLIS);
            client.getOutputStream().write(bytes("GET /a HTTP/1.0\r\n\r\n"));
            assertThat(talk("GET /a HTTP/1.0\r\n\r\n")).endsWith("über 1\n");
            waiting.start();
            assertThat(rest(client)).endsWith("über 2\n");
        }
    }

    @Test
    void aPortThatIsTakenIsAnError() {
        assertThatIOException()
                .isThrownBy(() -> new HttpPort("127.0.0.1", port.port(), pages))
                .withMessageContaining("in use");
    }

    @Test
    void theEndOfThePortEndsItsConnections() throws IOException {
        try (Socket client = client()) {
            client.getOutputStream().write(bytes(ASK));
            assertThat(client.getInputStream().read()).isEqualTo('H');
            port.close();
            assertThat(isEnded(client)).isTrue();
            port = port(Duration.ofMinutes(5));
        }
    }

    private HttpPort port(Duration idle) throws IOException {
        HttpPort opened = new HttpPort("127.0.0.1", 0, pages, idle);
        opened.start();
        return opened;
    }

    private Socket client() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port.port());
        client.setSoTimeout(LIMIT_MILLIS);
        return client;
    }

    /** Sends all of it, then reads until the other side ends the connection. */
    private String talk(String bytes) throws IOException {
        try (Socket client = client()) {
            Thread writer = new Thread(() -> write(client, bytes), "writer");
            writer.start();
            return rest(client);
        }
    }

    private static void write(Socket client, String text) {
        try {
            OutputStream out = client.getOutputStream();
            out.write(bytes(text));
        } catch (IOException e) {
            // Refused before its end; the test looks at the answer.
            assertThat(e).isInstanceOf(SocketException.class);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String rest(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static boolean isEnded(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketException e) {
            return true;
        }
    }
}
