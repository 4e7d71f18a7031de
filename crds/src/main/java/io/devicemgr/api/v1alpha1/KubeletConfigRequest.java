package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;

/** Asks for a KubeletConfig on the machine config pools that a selector matches. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record KubeletConfigRequest(
        @Required
        @ValidationRule(
                value = "(has(self.matchLabels) && size(self.matchLabels) > 0)"
                        + " || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                message =
                        "must not be empty: an empty selector stops the rendering of every machine config pool; write the labels"
                                + " of the pool, for example matchLabels: {pools.operator.machineconfiguration.openshift.io/worker: \"\"}")
        @JsonPropertyDescription(
                "Labels of the MachineConfigPool objects whose kubelets are configured, for example"
                        + " machineconfiguration.openshift.io: devicemgr after 'oc label machineconfigpool worker machineconfiguration.openshift.io=devicemgr'.")
        LabelSelector machineConfigPoolSelector) {}
