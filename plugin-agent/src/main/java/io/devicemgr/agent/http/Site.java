package io.devicemgr.agent.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the page for a request, or what is wrong with the request. */
final class Site {
    private static final Logger LOG = LoggerFactory.getLogger(Site.class);
    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final Map<String, Supplier<Page>> pages;

    /** @param pages by path */
    Site(Map<String, Supplier<Page>> pages) {
        this.pages = Map.copyOf(pages);
    }

    /** Whether more bytes may follow that are no request. */
    static boolean isCut(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return request.decoderResult().isFailure()
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
    }

    Page answer(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return refusal(undecodable(request.decoderResult().cause()));
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return refusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED);
        }
        // RFC 9112, section 3.2.
        if (version.equals(HttpVersion.HTTP_1_1) && !request.headers().contains(HttpHeaderNames.HOST)) {
            return refusal(HttpResponseStatus.BAD_REQUEST);
        }
        if (!METHODS.contains(request.method())) {
            return refusal(HttpResponseStatus.METHOD_NOT_ALLOWED);
        }
        if (isCut(request)) {
            return refusal(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        }
        Supplier<Page> page = pages.get(path(request.uri()));
        return page == null ? refusal(HttpResponseStatus.NOT_FOUND) : asked(page, request);
    }

    private static HttpResponseStatus undecodable(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private static Page asked(Supplier<Page> page, HttpRequest request) {
        try {
            return page.get();
        } catch (RuntimeException e) {
            LOG.error("{} cannot be answered", request.uri(), e);
            return refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR);
        }
    }

    private static Page refusal(HttpResponseStatus status) {
        return Page.plain(status.code(), status.reasonPhrase() + "\n");
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }
}
