package io.devicemgr.api.v1alpha1;

import static java.util.stream.Collectors.joining;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page that describes every field of both kinds, made from their definitions. */
final class ReferencePage {
    private static final int INLINE = 2;
    private static final Map<String, String> KUBERNETES = Map.of(
            "spec.agent.resources", "pod.spec.containers.resources",
            "spec.agent.initContainers[]", "pod.spec.initContainers",
            "spec.agent.extraVolumes[]", "pod.spec.volumes",
            "spec.agent.extraVolumeMounts[]", "pod.spec.containers.volumeMounts",
            "spec.agent.imagePullSecrets[]", "pod.spec.imagePullSecrets",
            "spec.placement.tolerations[]", "pod.spec.tolerations",
            "spec.kubeletConfig.machineConfigPoolSelector", "daemonset.spec.selector",
            "status.conditions[]", "service.status.conditions");

    private final StringBuilder page = new StringBuilder();
    private final String prefix;

    private ReferencePage(String prefix) {
        this.prefix = prefix;
    }

    /** Markdown of the whole page, from the YAML of the definitions. */
    static String of(Map<String, String> definitions) {
        List<String> parts = new ArrayList<>(List.of(INTRODUCTION));
        definitions.forEach((file, yaml) -> {
            CustomResourceDefinition crd = Serialization.unmarshal(yaml, CustomResourceDefinition.class);
            boolean deployment = crd.getSpec().getNames().getKind().equals("DevicePluginDeployment");
            parts.add(new ReferencePage(crd.getSpec().getNames().getShortNames().get(0))
                    .kind(
                            crd,
                            deployment ? DEPLOYMENT : REPORT,
                            deployment ? DevicePluginDeploymentSpec.class : NodeDeviceReportSpec.class,
                            deployment ? DevicePluginDeploymentStatus.class : NodeDeviceReportStatus.class));
        });
        return String.join("\n", parts);
    }

    private String kind(CustomResourceDefinition crd, String words, Class<?> spec, Class<?> status) {
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().get(0);
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        List<Section> sections = new ArrayList<>();
        collect(field(root, "spec", spec), sections);
        collect(field(root, "status", status), sections);

        line("## " + crd.getSpec().getNames().getKind());
        line(words);
        line(sections.stream().map(this::entry).collect(joining("\n")));
        if (root.getXKubernetesValidations() != null) {
            line("Rules of the whole object:");
            line(root.getXKubernetesValidations().stream()
                    .map(rule -> rule("", rule))
                    .collect(joining("\n")));
        }
        line("`kubectl get " + prefix + "` shows:");
        line(columns(version));
        sections.forEach(this::section);
        return page.toString();
    }

    private String entry(Section section) {
        SchemaField object = section.field();
        long depth = object.path().chars().filter(c -> c == '.').count();
        return "  ".repeat((int) depth) + "* [" + object.path() + "](#" + anchor(object) + ")";
    }

    private static String rule(String field, ValidationRule rule) {
        return "* " + field + escaped(rule.getMessage()) + "<br>`" + rule.getRule() + "`";
    }

    private static SchemaField field(JSONSchemaProps root, String name, Class<?> type) {
        return SchemaField.root(name, root.getProperties().get(name), type);
    }

    private static String columns(CustomResourceDefinitionVersion version) {
        return "| column | shows | |\n|---|---|---|\n"
                + version.getAdditionalPrinterColumns().stream()
                        .map(column -> "| " + column.getName() + " | `" + column.getJsonPath() + "` | "
                                + (column.getPriority() > 0 ? "with `-o wide`" : "") + " |\n")
                        .collect(joining());
    }

    /** A part of the page: an object with the fields that are shown in its table. */
    private record Section(SchemaField field, List<SchemaField> rows) {}

    private void collect(SchemaField object, List<Section> sections) {
        List<SchemaField> rows = new ArrayList<>();
        sections.add(new Section(object, rows));
        for (SchemaField field : object.fields()) {
            if (!field.isObject()) {
                rows.add(field);
            } else if (!field.isOurs()) {
                rows.add(field);
                sections.add(new Section(field, field.below().toList()));
            } else if (isSmall(field)) {
                rows.add(field);
                rows.addAll(field.fields());
            } else {
                rows.add(field);
                collect(field, sections);
            }
        }
    }

    /** Whether the fields of an object are shown in the table of the object around it. */
    private static boolean isSmall(SchemaField object) {
        List<SchemaField> fields = object.fields();
        return fields.size() <= INLINE && fields.stream().noneMatch(SchemaField::isObject);
    }

    private String anchor(SchemaField field) {
        return prefix + "." + field.path().replace("[]", "");
    }

    private void section(Section section) {
        SchemaField object = section.field();
        line("### <a id=\"" + anchor(object) + "\"></a>" + object.path());
        if (!object.description().isEmpty()) {
            line(escaped(object.description()) + items(object));
        }
        if (object.isOurs()) {
            line(ours(section));
        } else {
            line("What the fields mean is told by `kubectl explain " + KUBERNETES.get(object.path())
                    + "`. These are taken:");
            line(theirs(section));
        }
        String rules = rules(section);
        if (!rules.isEmpty()) {
            line("Rules:");
            line(rules);
        }
    }

    private static String items(SchemaField object) {
        String limits = FieldLimits.ofSize(object.schema());
        String keys = object.schema().getXKubernetesListMapKeys() == null
                        || object.schema().getXKubernetesListMapKeys().isEmpty()
                ? ""
                : "keyed by `" + String.join(", ", object.schema().getXKubernetesListMapKeys()) + "`";
        String text = Stream.of(limits, keys).filter(part -> !part.isEmpty()).collect(joining(", "));
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private String ours(Section section) {
        StringBuilder table =
                new StringBuilder("| field | type | default | allowed | what it is |\n|---|---|---|---|---|\n");
        for (SchemaField row : section.rows()) {
            boolean inSection = row.isObject() && !(row.isOurs() && isSmall(row));
            String name = relative(section.field(), row);
            table.append("| ")
                    .append(inSection ? "[" + name + "](#" + anchor(row) + ")" : anchored(row, name))
                    .append(" | ")
                    .append(FieldLimits.type(row))
                    .append(" | ")
                    .append(
                            row.required()
                                    ? "**required**"
                                    : row.defaultValue()
                                            .map(ReferencePage::escaped)
                                            .orElse(""))
                    .append(" | ")
                    .append(FieldLimits.of(row))
                    .append(" | ")
                    .append(escaped(row.description()))
                    .append(" |\n");
        }
        return table.toString();
    }

    private String theirs(Section section) {
        StringBuilder table = new StringBuilder("| field | type | | allowed |\n|---|---|---|---|\n");
        for (SchemaField row : section.rows()) {
            table.append("| ")
                    .append(anchored(row, relative(section.field(), row)))
                    .append(" | ")
                    .append(FieldLimits.type(row))
                    .append(" | ")
                    .append(row.required() ? "**required**" : "")
                    .append(" | ")
                    .append(FieldLimits.of(row))
                    .append(" |\n");
        }
        return table.toString();
    }

    private String anchored(SchemaField field, String name) {
        return "<a id=\"" + anchor(field) + "\"></a>`" + name + "`";
    }

    private static String relative(SchemaField object, SchemaField row) {
        return row.path().substring(object.path().length() + 1);
    }

    private static String rules(Section section) {
        Stream<String> own = section.field().rules().stream().map(rule -> rule("", rule));
        Stream<String> rows = section.rows().stream()
                .filter(row -> !row.isOurs() || isSmall(row))
                .filter(row -> section.field().isOurs() ? row.isOurs() || !row.isObject() : true)
                .flatMap(row ->
                        row.rules().stream().map(rule -> rule("`" + relative(section.field(), row) + "`: ", rule)));
        return Stream.concat(own, rows).distinct().collect(joining("\n"));
    }

    /** As text of Markdown: what would be taken for a tag, emphasis or the end of a cell is not. */
    static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("*", "\\*")
                .replace("<", "&lt;")
                .replace("_", "\\_");
    }

    private void line(String text) {
        page.append(text).append(text.endsWith("\n") ? "\n" : "\n\n");
    }

    private static final String INTRODUCTION = """
            # Every field of the API

            For those who write a DevicePluginDeployment or read a status. Group `devicemgr.io`, version `v1alpha1`. This page is made from the definitions in [crds/yaml](../crds/yaml) and held to
            them by a test; do not edit it: a field is described on its class, and `mvn -pl crds test -Dcrds.write=true` writes the page anew. `kubectl explain dpd.spec.resources` says the same in a terminal.

            How to choose and watch devices is told in [devices.md](devices.md), what the words in a status ask of you in [status.md](status.md); [examples](../examples) has something to begin with.

            A name with `[]` is a list. An anchor is the path that `kubectl explain` takes, for example [crd-reference.md#dpd.spec.resources.health](#dpd.spec.resources.health). *allowed* is checked by
            the API server before anything is stored, and so are the rules; what a schema cannot see the operator checks, and says it in the condition [SpecValid](status.md#specvalid). A field that is not
            here is refused by `kubectl apply`, which validates strictly.
            """;

    private static final String DEPLOYMENT = """
            What a user asks for, and what has become of it. Cluster-scoped; short name `dpd`, category `device-plugins`. Whoever can write one is root on the nodes.""";

    private static final String REPORT = """
            What one agent sees: written by the agent of that node, read by the operator and by you. Cluster-scoped; short name `ndr`, category `device-plugins`. Nobody else writes it, and nothing is
            asked for by it; its name is `DEPLOYMENT.NODE`.""";
}
