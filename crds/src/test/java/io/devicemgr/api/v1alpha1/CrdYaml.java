package io.devicemgr.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates the custom resource definitions from the classes. */
final class CrdYaml {
    private CrdYaml() {}

    /** File name to YAML. */
    static Map<String, String> generate() {
        InMemory output = new InMemory();
        new CRDGenerator()
                .customResourceClasses(DevicePluginDeployment.class, NodeDeviceReport.class)
                .forCRDVersions("v1")
                .withPostProcessor(new SchemaCompletion())
                .withOutput(output)
                .detailedGenerate();
        return output.files();
    }

    /** Says what the generator has no words for: lists that are maps, the order of columns; and drops rules written twice. */
    private static final class SchemaCompletion implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata object, String version) {
            CustomResourceDefinition crd = (CustomResourceDefinition) object;
            JSONSchemaProps root =
                    crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
            if (crd.getSpec().getNames().getKind().equals("DevicePluginDeployment")) {
                map(root, "type", "status", "conditions");
                map(root, "name", "status", "resources");
                map(root, "name", "spec", "resources");
                PodSchema.complete(new SchemaNode(root).field("spec"));
                new SchemaNode(root).required("spec");
            } else {
                map(root, "name", "status", "resources");
            }
            root.setRequired(List.of("spec"));
            open(root.getProperties().get("status"));
            withoutRepeatedRules(root);
            new SchemaNode(root).sizeIntegers("");
            inTheOrderOfTheClass(crd);
            return crd;
        }

        private static void inTheOrderOfTheClass(CustomResourceDefinition crd) {
            Class<?> type = crd.getSpec().getNames().getKind().equals("DevicePluginDeployment")
                    ? DevicePluginDeployment.class
                    : NodeDeviceReport.class;
            List<String> names = Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
                    .map(AdditionalPrinterColumn::name)
                    .toList();
            crd.getSpec()
                    .getVersions()
                    .get(0)
                    .getAdditionalPrinterColumns()
                    .sort(Comparator.comparingInt(column -> names.indexOf(column.getName())));
        }

        private static void withoutRepeatedRules(JSONSchemaProps schema) {
            if (schema.getXKubernetesValidations() != null) {
                schema.setXKubernetesValidations(
                        schema.getXKubernetesValidations().stream().distinct().toList());
            }
            if (schema.getProperties() != null) {
                schema.getProperties().values().forEach(SchemaCompletion::withoutRepeatedRules);
            }
            if (schema.getItems() != null && schema.getItems().getSchema() != null) {
                withoutRepeatedRules(schema.getItems().getSchema());
            }
        }

        /**
         * Operator and agents may be newer than the definition, which not everybody upgrades with them: what they say besides is
         * kept, and a value that is new is not refused. Health has two values in the kubelet's own contract.
         */
        private static void open(JSONSchemaProps schema) {
            schema.setXKubernetesPreserveUnknownFields(true);
            schema.getProperties().forEach((name, field) -> {
                if (!name.equals("health")) {
                    field.setEnum(null);
                }
                JSONSchemaProps items =
                        field.getItems() == null ? null : field.getItems().getSchema();
                Stream.of(field, items == null ? field : items)
                        .filter(part -> part.getProperties() != null
                                && !part.getProperties().isEmpty())
                        .forEach(SchemaCompletion::open);
            });
        }

        private static void map(JSONSchemaProps root, String key, String... path) {
            JSONSchemaProps list = root;
            for (String field : path) {
                list = list.getProperties().get(field);
            }
            list.setXKubernetesListType("map");
            list.setXKubernetesListMapKeys(List.of(key));
            JSONSchemaProps items = list.getItems().getSchema();
            if (!items.getRequired().contains(key)) {
                items.getRequired().add(key);
            }
        }
    }

    private static final class InMemory extends AbstractCRDOutput<ByteArrayOutputStream> {
        private final Map<String, ByteArrayOutputStream> streams = new TreeMap<>();

        @Override
        protected ByteArrayOutputStream createStreamFor(String crdName) {
            return streams.computeIfAbsent(
                    crdName.replaceAll("-v1$", "") + ".yaml", name -> new ByteArrayOutputStream());
        }

        Map<String, String> files() {
            return streams.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            e -> e.getValue()
                                    .toString(StandardCharsets.UTF_8)
                                    .replaceFirst("^# .*\n", "# Generated from the classes in crds; do not edit.\n"),
                            (a, b) -> a,
                            TreeMap::new));
        }
    }
}
