package io.devicemgr.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** How often every device is offered. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Sharing(
        @Min(1)
        @Max(1000)
        @Default("1")
        @JsonPropertyDescription("How many containers may hold a device at the same time.")
        Integer replicas,

        @JsonPropertyDescription(
                "Refuse a container that asks for more than one of a shared resource: two replicas may be the same device.")
        Boolean failRequestsGreaterThanOne) {

    public Sharing {
        replicas = replicas == null ? 1 : replicas;
        failRequestsGreaterThanOne = failRequestsGreaterThanOne != null && failRequestsGreaterThanOne;
    }

    /** One container at a time. */
    public static Sharing none() {
        return new Sharing(null, null);
    }
}
