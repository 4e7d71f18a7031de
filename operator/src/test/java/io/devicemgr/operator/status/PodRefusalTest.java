package io.devicemgr.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages are those of Kubernetes 1.36 and OpenShift 4. */
class PodRefusalTest {
    private static final String FORBIDDEN = "Error creating: pods \"devicemgr-lab-x7k2p\" is forbidden: ";

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        FORBIDDEN + "unable to validate against any security context constraint: [provider \"anyuid\":"
                                + " Forbidden: not usable by user or serviceaccount, spec.volumes[3]: Invalid value:"
                                + " \"hostPath\": hostPath volumes are not allowed to be used]",
                        "SCCForbidden",
                        "bind ClusterRole system:openshift:scc:privileged to service account devicemgr-lab in namespace"
                                + " devices: unable to validate against any security context constraint: [provider"
                                + " \"anyuid\": Forbidden: not usable by user or serviceaccount, spec.volumes[3]: Invalid"
                                + " value: \"hostPath\": hostPath volumes are not allowed to be used]"),
                Arguments.of(
                        FORBIDDEN + "violates PodSecurity \"baseline:latest\": hostPath volumes (volume \"dev\"),"
                                + " privileged (container \"agent\" must not set securityContext.privileged=true)",
                        "PodSecurityForbidden",
                        "label namespace devices with pod-security.kubernetes.io/enforce=privileged: violates PodSecurity"
                                + " \"baseline:latest\": hostPath volumes (volume \"dev\"), privileged (container"
                                + " \"agent\" must not set securityContext.privileged=true)"),
                Arguments.of(
                        FORBIDDEN + "exceeded quota: small, requested: pods=1, used: pods=10, limited: pods=10",
                        "QuotaExceeded",
                        "raise the ResourceQuota of namespace devices: exceeded quota: small, requested: pods=1, limited:"
                                + " pods=10"),
                Arguments.of(
                        FORBIDDEN + "failed quota: cpu: must specify limits.cpu for: agent",
                        "QuotaExceeded",
                        "raise the ResourceQuota of namespace devices: failed quota: cpu: must specify limits.cpu for:"
                                + " agent"),
                Arguments.of(
                        FORBIDDEN + "maximum memory usage per Container is 64Mi, but limit is 128Mi",
                        "LimitRangeForbidden",
                        "change the LimitRange of namespace devices or spec.agent.resources: maximum memory usage per"
                                + " Container is 64Mi, but limit is 128Mi"),
                Arguments.of(
                        "Error creating: pods \"devicemgr-lab-\" is forbidden: no PriorityClass with name nope was found",
                        "PriorityClassMissing",
                        "change spec.placement.priorityClassName: no PriorityClass with name nope was found"));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(
                        "Error creating: admission webhook \"guard.example.com\" denied the request: no privileged pods",
                        "WebhookDenied",
                        "the webhook must let privileged pods of namespace devices pass: admission webhook"
                                + " \"guard.example.com\" denied the request: no privileged pods"),
                Arguments.of(
                        "Error creating: Internal error occurred: failed calling webhook \"guard.example.com\": failed to"
                                + " call webhook: Post \"https://guard.svc:443/check?timeout=10s\": read tcp"
                                + " 10.0.0.7:40312->10.96.4.2:443: read: connection reset by peer",
                        "WebhookUnavailable",
                        "the webhook's server does not answer; bring it back or take its configuration away: Internal error"
                                + " occurred: failed calling webhook \"guard.example.com\": failed to call webhook: Post"
                                + " \"https://guard.svc:443/check?timeout=10s\": read tcp 10.96.4.2:443: read: connection"
                                + " reset by peer"),
                Arguments.of(
                        "Error creating: pods \"devicemgr-lab-2vcmm\" is invalid: : ValidatingAdmissionPolicy 'no' with"
                                + " binding 'no' denied request: privileged pods are not for you",
                        "PolicyDenied",
                        "the policy must let privileged pods of namespace devices pass: ValidatingAdmissionPolicy 'no' with"
                                + " binding 'no' denied request: privileged pods are not for you"),
                Arguments.of(
                        "Error creating: pods \"devicemgr-lab-\" is forbidden: error looking up service account"
                                + " devices/devicemgr-lab: serviceaccount \"devicemgr-lab\" not found",
                        "FailedCreate",
                        "error looking up service account devices/devicemgr-lab: serviceaccount \"devicemgr-lab\" not"
                                + " found"));
    }

    @ParameterizedTest
    @MethodSource({"refusals", "others"})
    void itSaysWhoMustChangeWhat(String event, String reason, String message) {
        assertThat(PodRefusal.of(event, "devicemgr-lab", "devices", "system:openshift:scc:privileged"))
                .isEqualTo(new PodTrouble(reason, message));
    }

    /** Admission names the pod that was to be made, and each attempt makes up another name. */
    @Test
    void theNextAttemptReadsTheSame() {
        String cause = "violates PodSecurity \"restricted:latest\": privileged";

        assertThat(PodRefusal.of("Error creating: pods \"devicemgr-lab-aaaaa\" is forbidden: " + cause, "a", "n", "r"))
                .isEqualTo(PodRefusal.of(
                        "Error creating: pods \"devicemgr-lab-bbbbb\" is forbidden: " + cause, "a", "n", "r"));
    }
}
