package io.devicemgr.agent.device;

import java.time.Instant;

/** Verdict on a device, with the reason and the time since when it holds. */
public record Health(State state, Reason reason, String message, Instant since) {

    /** Good or bad; the kubelet knows nothing in between (contract rule 42). */
    public enum State {
        HEALTHY,
        UNHEALTHY
    }

    /** Why; the names are those of the report's DeviceReason. */
    public enum Reason {
        PRESENT("Present"),
        MISSING("Missing"),
        REPLACED("Replaced"),
        NOT_A_DEVICE("NotADevice"),
        RENUMBERED("Renumbered"),
        INCOMPLETE("Incomplete"),
        PERMISSION_DENIED("PermissionDenied"),
        UNPROBED("Unprobed"),
        OPEN_FAILED("OpenFailed"),
        ATTRIBUTE_UNEXPECTED("AttributeUnexpected"),
        COMMAND_FAILED("CommandFailed"),
        PROBE_TIMED_OUT("ProbeTimedOut");

        private final String reported;

        Reason(String reported) {
            this.reported = reported;
        }

        /** The reason as it stands in the report. */
        public String reported() {
            return reported;
        }
    }

    /** The device is there. */
    public static Health present(Instant since) {
        return new Health(State.HEALTHY, Reason.PRESENT, "", since);
    }

    /** The device cannot be used. */
    public static Health unhealthy(Reason reason, String message, Instant since) {
        return new Health(State.UNHEALTHY, reason, message, since);
    }

    public boolean isHealthy() {
        return state == State.HEALTHY;
    }

    /** This verdict, but with the time of the one before if that said the same. */
    public Health after(Health before) {
        boolean same = before.state == state && before.reason == reason;
        return same ? new Health(state, reason, message, before.since) : this;
    }
}
