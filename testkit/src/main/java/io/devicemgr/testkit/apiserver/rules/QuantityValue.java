package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.devicemgr.testkit.apiserver.errors.ApiException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of resources: {@code 10m}, {@code 64Mi}, {@code 1e3}. */
final class QuantityValue {
    private static final Pattern FORM = Pattern.compile(
            "([+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,9}))?");
    private static final List<String> BINARY = List.of("Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final List<String> DECIMAL = List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
    private static final int MAX_EXPONENT = 100;

    private QuantityValue() {}

    /** The amount. Throws 400 when it is none: the object cannot be decoded then. */
    static BigDecimal of(JsonNode value) {
        Matcher parts = FORM.matcher(value.asText());
        if (!parts.matches()) {
            throw ApiException.badRequest(
                    "quantities must match the regular expression" + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }
        BigDecimal number = new BigDecimal(parts.group(1));
        if (parts.group(2) != null) {
            BigInteger factor = BigInteger.ONE.shiftLeft(10 * (BINARY.indexOf(parts.group(2)) + 1));
            return number.multiply(new BigDecimal(factor));
        }
        if (parts.group(3) != null) {
            return number.scaleByPowerOfTen(3 * (DECIMAL.indexOf(parts.group(3)) - DECIMAL.indexOf("")));
        }
        int exponent = parts.group(4) == null ? 0 : Integer.parseInt(parts.group(4));
        return number.scaleByPowerOfTen(Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent)));
    }

    static boolean isWhole(BigDecimal amount) {
        return amount.signum() == 0 || amount.stripTrailingZeros().scale() <= 0;
    }
}
