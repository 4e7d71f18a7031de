package io.devicemgr.api.v1alpha1;

import io.fabric8.kubernetes.api.model.IntOrString;

/** A number, or a percentage of a whole, rounded up, as Kubernetes' DaemonSet controller does (intstr.GetScaledValueFromIntOrPercent). */
final class Share {
    private Share() {}

    /**
     * The number itself, or that percentage of the whole.
     *
     * @throws NumberFormatException when it is neither, which the schema refuses
     */
    static int of(IntOrString share, int whole) {
        if (share.getIntVal() != null) {
            return share.getIntVal();
        }
        String text = share.getStrVal();
        long percent = Long.parseLong(text.substring(0, text.length() - 1));
        return (int) ((whole * percent + 99) / 100);
    }
}
