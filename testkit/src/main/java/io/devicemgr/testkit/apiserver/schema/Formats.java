package io.devicemgr.testkit.apiserver.schema;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Pattern;

/** The string formats that the API server checks; unknown ones pass. */
final class Formats {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern HOSTNAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*");

    private Formats() {}

    static boolean isValid(String format, String text) {
        try {
            return switch (format) {
                case "date-time" -> OffsetDateTime.parse(text) != null;
                case "date" -> LocalDate.parse(text) != null;
                case "duration" -> GoDuration.isValid(text);
                case "byte" -> Base64.getDecoder().decode(text) != null;
                case "uuid" -> UUID.fromString(text) != null;
                case "uri" -> new URI(text).isAbsolute();
                case "hostname" -> HOSTNAME.matcher(text).matches();
                case "ipv4" -> isIpv4(text);
                case "ipv6" -> text.contains(":") && InetAddress.getByName(text) != null;
                default -> true;
            };
        } catch (DateTimeException | IllegalArgumentException | URISyntaxException | UnknownHostException e) {
            return false;
        }
    }

    private static boolean isIpv4(String text) throws UnknownHostException {
        return IPV4.matcher(text).matches() && InetAddress.getByName(text) != null;
    }
}
