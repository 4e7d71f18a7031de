package io.devicemgr.testkit.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** READY, STATUS and RESTARTS of a pod, as the real server derives them from its containers. */
final class PodCells {
    private PodCells() {}

    static String ready(JsonNode pod) {
        int ready = 0;
        for (JsonNode c : pod.at("/status/containerStatuses")) {
            ready += c.path("ready").asBoolean() ? 1 : 0;
        }
        return ready + "/" + pod.at("/spec/containers").size();
    }

    static String status(JsonNode pod) {
        String status = BuiltinColumns.at(pod, "/status/phase");
        String reason = BuiltinColumns.at(pod, "/status/reason");
        status = reason.isEmpty() ? status : reason;
        String init = initStatus(pod);
        if (!init.isEmpty()) {
            status = init;
        } else {
            for (JsonNode c : pod.at("/status/containerStatuses")) {
                String state = state(c);
                status = state.isEmpty() ? status : state;
            }
        }
        boolean deleted = pod.at("/metadata").hasNonNull("deletionTimestamp");
        return deleted ? "Terminating" : status;
    }

    /** "" when all init containers are done. */
    private static String initStatus(JsonNode pod) {
        int total = pod.at("/spec/initContainers").size();
        int done = 0;
        for (JsonNode c : pod.at("/status/initContainerStatuses")) {
            if (c.at("/state/terminated").isObject()
                    && c.at("/state/terminated/exitCode").asInt() == 0) {
                done++;
                continue;
            }
            String state = state(c);
            boolean plain = state.isEmpty() || state.equals("PodInitializing");
            return plain ? "Init:" + done + "/" + total : "Init:" + state;
        }
        return "";
    }

    private static String state(JsonNode container) {
        String waiting = BuiltinColumns.at(container, "/state/waiting/reason");
        if (!waiting.isEmpty()) {
            return waiting;
        }
        JsonNode terminated = container.at("/state/terminated");
        if (!terminated.isObject()) {
            return "";
        }
        String reason = terminated.path("reason").asText("");
        return reason.isEmpty() ? "ExitCode:" + terminated.path("exitCode").asInt() : reason;
    }

    static String restarts(JsonNode pod, Instant now) {
        int restarts = 0;
        String last = "";
        for (JsonNode c : pod.at("/status/containerStatuses")) {
            restarts += c.path("restartCount").asInt();
            String finished = BuiltinColumns.at(c, "/lastState/terminated/finishedAt");
            last = finished.compareTo(last) > 0 ? finished : last;
        }
        return restarts == 0 || last.isEmpty()
                ? Integer.toString(restarts)
                : restarts + " (" + Age.since(last, now) + " ago)";
    }
}
