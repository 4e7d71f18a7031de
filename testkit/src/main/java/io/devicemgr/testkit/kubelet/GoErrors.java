package io.devicemgr.testkit.kubelet;

import io.grpc.Status;
import java.util.Locale;
import java.util.Optional;

/** gRPC errors as the kubelet's language prints them, since the texts end up in pod status and logs. */
final class GoErrors {
    private GoErrors() {}

    static String text(Status status) {
        return "rpc error: code = " + codeName(status.getCode()) + " desc = "
                + Optional.ofNullable(status.getDescription()).orElse("");
    }

    private static String codeName(Status.Code code) {
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
