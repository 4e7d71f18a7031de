package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** One extended resource: which devices it stands for, how they are watched, and what a container gets. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.prepare) || !has(self.sharing) || !has(self.sharing.replicas) || self.sharing.replicas == 1"
                + " || ((!has(self.prepare.reset) || self.prepare.reset == 'None')"
                + " && (!has(self.prepare.command) || size(self.prepare.command) == 0))",
        message =
                "prepare needs a device that one container has for itself: leave prepare out, or set sharing.replicas to 1")
public record DeviceResource(
        @Required
        @Size(min = 3, max = 308)
        @ValidationRule(
                value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
                        + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self.indexOf('/') <= 244",
                message =
                        "is not an extended resource name that a kubelet accepts: write domain/name, where the domain is lower case"
                                + " and at most 244 characters and the name is 1 to 63 letters, digits, '-', '_' or '.', for example example.com/serial")
        @ValidationRule(
                value = "!self.contains('kubernetes.io/')",
                message =
                        "must not use a kubernetes.io domain: it is reserved; use a domain of your own, for example example.com/serial")
        @ValidationRule(
                value = "!self.startsWith('requests.')",
                message =
                        "must not start with 'requests.': that prefix is reserved for quotas; use a domain of your own,"
                                + " for example example.com/serial")
        @JsonPropertyDescription(
                "Extended resource name that pods ask for in resources.limits, for example example.com/serial. Must be unique"
                        + " among all deployments that share a node.")
        String name,

        @Required
        @Size(min = 1, max = 16)
        @JsonPropertyDescription(
                "Which devices belong to the resource. A device that two selectors match is one device.")
        List<DeviceSelector> discover,

        @JsonPropertyDescription("Offers every device several times.")
        Sharing sharing,

        @JsonPropertyDescription(
                "Health checks besides the built-in one (node present, still a device, same device number).")
        HealthChecks health,

        @JsonPropertyDescription("What a container gets with a device.")
        Allocation allocate,

        @JsonPropertyDescription("What is done to a device before each start of a container that holds it.")
        Preparation prepare) {

    public DeviceResource {
        discover = discover == null ? List.of() : List.copyOf(discover);
        sharing = sharing == null ? Sharing.none() : sharing;
        health = health == null ? HealthChecks.none() : health;
        allocate = allocate == null ? Allocation.defaults() : allocate;
        prepare = prepare == null ? Preparation.none() : prepare;
    }
}
