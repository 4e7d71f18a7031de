package io.devicemgr.testkit.apiserver.schema;

/** One entry of x-kubernetes-validations as written in the CRD. */
public record CelRule(
        String rule,
        String message,
        String messageExpression,
        String fieldPath,
        String reason,
        boolean optionalOldSelf) {}
