package io.devicemgr.operator.status;

import io.devicemgr.operator.fleet.Wording;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Why the DaemonSet controller could not make an agent pod, and who must change what. Admission leaves only a text behind:
 * one that is not known is shown as it is.
 */
final class PodRefusal {
    /**
     * {@code Error creating: pods "devicemgr-lab-x7k2p" is forbidden: }, and what a quota counts at the moment; both are other ones
     * at each attempt.
     */
    private static final Pattern PASSING = Pattern.compile(
            "^Error creating: |[Pp]ods \"[^\"]*\" is (forbidden|invalid): (: )?|, used: \\S+(?=, limited: )");

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "unable to validate against any security context constraint|does not match the suggested scc",
                    "SCCForbidden",
                    "bind ClusterRole %3$s to service account %1$s in namespace %2$s"),
            new Kind(
                    "violates PodSecurity ",
                    "PodSecurityForbidden",
                    "label namespace %2$s with pod-security.kubernetes.io/enforce=privileged"),
            new Kind(
                    "exceeded quota: |failed quota: |insufficient quota to match these scopes",
                    "QuotaExceeded",
                    "raise the ResourceQuota of namespace %2$s"),
            new Kind(
                    "(minimum|maximum) \\S+ usage per |limit to request ratio per ",
                    "LimitRangeForbidden",
                    "change the LimitRange of namespace %2$s or spec.agent.resources"),
            new Kind("no PriorityClass with name ", "PriorityClassMissing", "change spec.placement.priorityClassName"),
            new Kind(
                    "admission webhook \"[^\"]*\" denied the request",
                    "WebhookDenied",
                    "the webhook must let privileged pods of namespace %2$s pass"),
            new Kind(
                    "failed calling webhook ",
                    "WebhookUnavailable",
                    "the webhook's server does not answer; bring it back or take its configuration away"),
            new Kind(
                    "ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request",
                    "PolicyDenied",
                    "the policy must let privileged pods of namespace %2$s pass"));

    private record Kind(Pattern sign, String reason, String advice) {
        Kind(String sign, String reason, String advice) {
            this(Pattern.compile(sign), reason, advice);
        }
    }

    private PodRefusal() {}

    /**
     * Explains a refusal.
     *
     * @param message of the FailedCreate event
     * @param account service account of the agents
     * @param namespace of the agents
     * @param sccRole ClusterRole that lets such pods in on OpenShift
     */
    static PodTrouble of(String message, String account, String namespace, String sccRole) {
        String words = Wording.shorten(PASSING.matcher(Wording.steady(message)).replaceAll(""), PodTrouble.LENGTH);
        return KINDS.stream()
                .filter(kind -> kind.sign.matcher(message).find())
                .findFirst()
                .map(kind ->
                        new PodTrouble(kind.reason, kind.advice.formatted(account, namespace, sccRole) + ": " + words))
                .orElse(new PodTrouble("FailedCreate", words));
    }
}
