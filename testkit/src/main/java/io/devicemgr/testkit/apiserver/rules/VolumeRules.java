package io.devicemgr.testkit.apiserver.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Volumes of a pod: their names, one source each, and what the common sources need. */
final class VolumeRules {
    private static final String[] HOST_TYPES = {
        "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
    };

    private final Findings findings;
    private final Set<String> names = new HashSet<>();

    VolumeRules(Findings findings) {
        this.findings = findings;
    }

    /** Names of the volumes seen so far. */
    Set<String> names() {
        return names;
    }

    void check(JsonNode volume, String path) {
        int given = 0;
        for (String kind : kinds(volume)) {
            if (++given > 1) {
                findings.forbidden(path + "." + kind, "may not specify more than 1 volume type");
            } else {
                source(kind, volume.path(kind), path + "." + kind);
            }
        }
        if (given == 0) {
            findings.required(path, "must specify a volume type");
        }
        if (findings.present(path + ".name", volume.path("name"))) {
            String name = volume.path("name").asText();
            findings.invalid(path + ".name", name, NameSyntax.label(name));
            if (!names.add(name)) {
                findings.duplicate(path + ".name", name);
            }
        }
    }

    /** In the order in which the real server looks at them. */
    private static List<String> kinds(JsonNode volume) {
        List<String> known = List.of("emptyDir", "hostPath", "secret", "nfs");
        List<String> given = volume.properties().stream()
                .filter(e -> e.getValue().isObject())
                .map(e -> e.getKey())
                .toList();
        return Stream.concat(
                        known.stream().filter(given::contains), given.stream().filter(kind -> !known.contains(kind)))
                .toList();
    }

    private void source(String kind, JsonNode source, String path) {
        switch (kind) {
            case "hostPath" -> hostPath(source, path);
            case "emptyDir" -> emptyDir(source, path);
            case "configMap" -> keyed(source, "name", path);
            case "secret" -> keyed(source, "secretName", path);
            case "downwardAPI" -> downward(source, path);
            case "projected" -> projected(source, path);
            case "persistentVolumeClaim" -> findings.present(path + ".claimName", source.path("claimName"));
            case "nfs" -> nfs(source, path);
            case "csi" -> csi(source, path);
            case "image" ->
                findings.oneOf(path + ".pullPolicy", source.path("pullPolicy"), "Always", "IfNotPresent", "Never");
            default -> {}
        }
    }

    private void hostPath(JsonNode source, String path) {
        if (findings.present(path + ".path", source.path("path"))) {
            findings.noStepsBack(path + ".path", source.path("path").asText());
            findings.oneOf(path + ".type", source.path("type"), HOST_TYPES);
        }
    }

    private void emptyDir(JsonNode source, String path) {
        if (source.hasNonNull("sizeLimit")
                && QuantityValue.of(source.path("sizeLimit")).compareTo(BigDecimal.ZERO) < 0) {
            findings.forbidden(path + ".sizeLimit", "SizeLimit field must be a valid resource quantity");
        }
    }

    private void keyed(JsonNode source, String name, String path) {
        findings.present(path + "." + name, source.path(name));
        findings.mode(path + ".defaultMode", source.path("defaultMode"));
        items(source, path);
    }

    private void items(JsonNode source, String path) {
        for (int i = 0; i < source.path("items").size(); i++) {
            JsonNode item = source.path("items").get(i);
            String here = path + ".items[" + i + "]";
            findings.present(here + ".key", item.path("key"));
            findings.present(here + ".path", item.path("path"));
            findings.unreserved(here + ".path", item.path("path").asText());
            findings.mode(here + ".mode", item.path("mode"));
        }
    }

    private void downward(JsonNode source, String path) {
        findings.mode(path + ".defaultMode", source.path("defaultMode"));
        source.path("items").forEach(item -> file(item, path));
    }

    private void file(JsonNode item, String path) {
        findings.present(path + ".path", item.path("path"));
        findings.unreserved(path + ".path", item.path("path").asText());
        findings.mode(path + ".mode", item.path("mode"));
        if (!item.hasNonNull("fieldRef") && !item.hasNonNull("resourceFieldRef")) {
            findings.required(path, "one of fieldRef and resourceFieldRef is required");
        } else if (item.hasNonNull("fieldRef") && item.hasNonNull("resourceFieldRef")) {
            findings.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        EnvironmentRules.field(findings, item.path("fieldRef"), path + ".fieldRef", EnvironmentRules.IN_FILES);
        if (!item.hasNonNull("fieldRef")) {
            EnvironmentRules.amount(findings, item.path("resourceFieldRef"), path + ".resourceFieldRef", true);
        }
    }

    private void projected(JsonNode projected, String path) {
        findings.mode(path + ".defaultMode", projected.path("defaultMode"));
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < projected.path("sources").size(); i++) {
            JsonNode source = projected.path("sources").get(i);
            String here = path + ".sources[" + i + "]";
            for (String kind : List.of("secret", "configMap", "downwardAPI")) {
                projection(kind, source.path(kind), here, path, paths);
            }
            token(source.path("serviceAccountToken"), here + ".serviceAccountToken", path);
            if (source.properties().stream()
                            .filter(e -> e.getValue().isObject())
                            .count()
                    > 1) {
                findings.forbidden(here, "may not specify more than 1 volume type per source");
            }
        }
    }

    private void projection(String kind, JsonNode source, String here, String projected, Set<String> paths) {
        if (!source.isObject()) {
            return;
        }
        if (kind.equals("downwardAPI")) {
            source.path("items").forEach(item -> file(item, here + "." + kind));
        } else {
            findings.present(here + "." + kind + ".name", source.path("name"));
            items(source, here + "." + kind);
        }
        source.path("items").forEach(item -> {
            String path = item.path("path").asText();
            if (!path.isEmpty() && !paths.add(path)) {
                String named =
                        kind.equals("downwardAPI") ? path : source.path("name").asText();
                findings.invalid(projected, named, "conflicting duplicate paths");
            }
        });
    }

    private void token(JsonNode token, String here, String projected) {
        if (!token.isObject()) {
            return;
        }
        long seconds = token.path("expirationSeconds").asLong();
        if (seconds < 600) {
            findings.invalid(
                    here + ".expirationSeconds",
                    token.path("expirationSeconds"),
                    "may not specify a duration less than 10 minutes");
        } else if (seconds > 1L << 32) {
            findings.invalid(
                    here + ".expirationSeconds",
                    token.path("expirationSeconds"),
                    "may not specify a duration larger than 2^32 seconds");
        }
        if (findings.present(projected + ".path", token.path("path"))) {
            findings.unreserved(projected + ".path", token.path("path").asText());
        }
    }

    private void nfs(JsonNode source, String path) {
        findings.present(path + ".server", source.path("server"));
        findings.present(path + ".path", source.path("path"));
        if (!source.path("path").asText().startsWith("/")) {
            findings.invalid(path + ".path", source.path("path").asText(), "must be an absolute path");
        }
    }

    private void csi(JsonNode source, String path) {
        if (findings.present(path + ".driver", source.path("driver"))) {
            String driver = source.path("driver").asText();
            if (driver.length() > 63) {
                findings.tooLong(path + ".driver", 63);
            }
            findings.invalid(path + ".driver", driver, NameSyntax.subdomain(driver.toLowerCase(Locale.ROOT)));
        }
        if (source.hasNonNull("nodePublishSecretRef")) {
            JsonNode name = source.at("/nodePublishSecretRef/name");
            if (findings.present(path + ".nodePublishSecretRef.name", name)) {
                findings.invalid(path + ".name", name.asText(), NameSyntax.subdomain(name.asText()));
            }
        }
    }
}
