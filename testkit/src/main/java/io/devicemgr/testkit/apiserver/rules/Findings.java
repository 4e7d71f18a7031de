package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.devicemgr.testkit.apiserver.errors.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The violations that a validation has found so far. */
final class Findings {
    private final List<FieldError> errors = new ArrayList<>();

    List<FieldError> all() {
        return List.copyOf(errors);
    }

    void required(String field, String detail) {
        errors.add(FieldError.required(field, detail));
    }

    void forbidden(String field, String detail) {
        errors.add(FieldError.forbidden(field, detail));
    }

    void duplicate(String field, String value) {
        errors.add(FieldError.duplicate(field, TextNode.valueOf(value)));
    }

    void notFound(String field, String value) {
        errors.add(FieldError.notFound(field, TextNode.valueOf(value)));
    }

    void tooLong(String field, int max) {
        errors.add(FieldError.tooLong(field, max));
    }

    void invalid(String field, JsonNode value, String detail) {
        errors.add(FieldError.invalid(field, value, detail));
    }

    void invalid(String field, String value, String detail) {
        invalid(field, TextNode.valueOf(value), detail);
    }

    void invalid(String field, String value, List<String> details) {
        details.forEach(detail -> invalid(field, value, detail));
    }

    /** A text that must be there. */
    boolean present(String field, JsonNode value) {
        if (value.asText().isEmpty()) {
            required(field, "");
            return false;
        }
        return true;
    }

    /** A text that is one of a set, or absent. */
    void oneOf(String field, JsonNode value, String... allowed) {
        if (!value.asText().isEmpty() && !Arrays.asList(allowed).contains(value.asText())) {
            errors.add(FieldError.notSupported(field, value, List.of(allowed)));
        }
    }

    void mode(String field, JsonNode value) {
        if (value.isNumber() && (value.asInt() < 0 || value.asInt() > 0777)) {
            invalid(field, value, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    /** A path that stays below where it starts. */
    void descending(String field, String path) {
        if (path.startsWith("/")) {
            invalid(field, path, "must be a relative path");
        }
        noStepsBack(field, path);
    }

    void noStepsBack(String field, String path) {
        if (Arrays.asList(path.split("/", -1)).contains("..")) {
            invalid(field, path, "must not contain '..'");
        }
    }

    /** A descending path that does not begin with two dots either. */
    void unreserved(String field, String path) {
        descending(field, path);
        if (path.startsWith("..") && !path.startsWith("../")) {
            invalid(field, path, "must not start with '..'");
        }
    }
}
