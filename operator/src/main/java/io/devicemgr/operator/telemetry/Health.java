package io.devicemgr.operator.telemetry;

/**
 * The answer to a probe.
 *
 * @param ok whether the probe passes
 * @param text for people
 */
public record Health(boolean ok, String text) {
    /** All is well. */
    public static final Health OK = new Health(true, "ok");

    /** All is well, and this is how. */
    public static Health ok(String how) {
        return new Health(true, "ok: " + how);
    }

    /** It is not, and this is why. */
    public static Health failing(String why) {
        return new Health(false, why);
    }
}
