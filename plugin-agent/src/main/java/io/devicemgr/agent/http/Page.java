package io.devicemgr.agent.http;

/**
 * What is answered.
 *
 * @param status of HTTP
 * @param contentType of the text, which is sent in UTF-8
 */
public record Page(int status, String contentType, String text) {
    private static final String PLAIN = "text/plain; charset=utf-8";

    /** A page for people. */
    public static Page plain(int status, String text) {
        return new Page(status, PLAIN, text);
    }
}
