package io.devicemgr.testkit.apiserver.schema;

import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CEL with what Kubernetes adds to it. */
public final class CelLibrary {
    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();

    private CelLibrary() {}

    /** An environment without variables. */
    public static CelBuilder kubernetes() {
        return CelFactory.standardCelBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(CelExtensions.strings(), CelExtensions.optional(), CelExtensions.sets(OPTIONS))
                .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.optional(), CelExtensions.sets(OPTIONS))
                .addFunctionDeclarations(
                        CelFunctionDecl.newFunctionDeclaration(
                                "find",
                                CelOverloadDecl.newMemberOverload(
                                        "string_find_string", SimpleType.STRING, SimpleType.STRING, SimpleType.STRING)),
                        CelFunctionDecl.newFunctionDeclaration(
                                "findAll",
                                CelOverloadDecl.newMemberOverload(
                                        "string_find_all_string",
                                        ListType.create(SimpleType.STRING),
                                        SimpleType.STRING,
                                        SimpleType.STRING)))
                .addFunctionBindings(
                        CelFunctionBinding.from("string_find_string", String.class, String.class, CelLibrary::find),
                        CelFunctionBinding.from(
                                "string_find_all_string", String.class, String.class, CelLibrary::findAll));
    }

    private static String find(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group() : "";
    }

    private static List<String> findAll(String text, String pattern) {
        List<String> all = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }
}
