package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** How often every device is offered. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.replicas) || self.replicas == 1",
        message = "sharing is not available in this release; leave replicas at 1")
@ValidationRule(
        value = "!has(self.failRequestsGreaterThanOne) || !self.failRequestsGreaterThanOne",
        message = "sharing is not available in this release; leave failRequestsGreaterThanOne out")
public record Sharing(
        @Min(1)
        @Max(1000)
        @Default("1")
        @JsonPropertyDescription("How many containers may hold a device at the same time.")
        Integer replicas,

        @JsonPropertyDescription(
                "Refuse a container that asks for more than one of a shared resource: two replicas may be the same device.")
        Boolean failRequestsGreaterThanOne) {}
