package io.devicemgr.testkit.apiserver.rules;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The forms that names, labels and keys must have; the answers are what is wrong, in the words of the real server. */
public final class NameSyntax {
    private static final String LABEL_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN_FORM = LABEL_FORM + "(\\." + LABEL_FORM + ")*";
    private static final String VALUE_FORM = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
    private static final String PART_FORM = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String KEY_FORM = "[-._a-zA-Z0-9]+";
    private static final Pattern LABEL = Pattern.compile(LABEL_FORM);
    private static final Pattern SUBDOMAIN = Pattern.compile(SUBDOMAIN_FORM);
    private static final Pattern VALUE = Pattern.compile(VALUE_FORM);
    private static final Pattern PART = Pattern.compile(PART_FORM);
    private static final Pattern KEY = Pattern.compile(KEY_FORM);
    private static final int MAX_LABEL = 63;
    private static final int MAX_SUBDOMAIN = 253;

    private static final String LABEL_TEXT =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with"
                    + " an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '"
                    + LABEL_FORM
                    + "')";
    private static final String SUBDOMAIN_TEXT =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and"
                    + " end with an alphanumeric character (e.g. 'example.com', regex used for validation is '"
                    + SUBDOMAIN_FORM
                    + "')";
    private static final String VALUE_TEXT =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and"
                    + " end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
                    + " validation is '" + VALUE_FORM + "')";
    private static final String PART_TEXT =
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                    + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '"
                    + PART_FORM
                    + "')";
    private static final String KEY_TEXT =
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or"
                    + " 'key-name', regex used for validation is '" + KEY_FORM + "')";
    private static final String VARIABLE_TEXT =
            "a valid environment variable name must consist only of printable ASCII characters other than '='";

    private NameSyntax() {}

    /** Name of a container, a volume, a namespace. */
    public static List<String> label(String name) {
        return form(name, MAX_LABEL, LABEL, LABEL_TEXT);
    }

    /** Name of most objects. */
    public static List<String> subdomain(String name) {
        return form(name, MAX_SUBDOMAIN, SUBDOMAIN, SUBDOMAIN_TEXT);
    }

    /** Value of a label. */
    public static List<String> labelValue(String value) {
        return form(value, MAX_LABEL, VALUE, VALUE_TEXT);
    }

    /** Key of a label or a taint. */
    public static List<String> qualified(String key) {
        List<String> wrong = new ArrayList<>();
        int slash = key.indexOf('/');
        if (slash != key.lastIndexOf('/')) {
            wrong.add(
                    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                            + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '"
                            + PART_FORM
                            + "') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return wrong;
        }
        if (slash == 0) {
            wrong.add("prefix part must be non-empty");
        } else if (slash > 0) {
            subdomain(key.substring(0, slash)).forEach(text -> wrong.add("prefix part " + text));
        }
        String part = key.substring(slash + 1);
        if (part.isEmpty()) {
            wrong.add("name part must be non-empty");
        } else if (bytes(part) > MAX_LABEL) {
            wrong.add("name part must be no more than " + MAX_LABEL + " bytes");
        }
        if (!PART.matcher(part).matches()) {
            wrong.add(PART_TEXT);
        }
        return wrong;
    }

    /** Key of an annotation, for which case does not matter. */
    public static List<String> annotation(String key) {
        return qualified(key.toLowerCase(Locale.ROOT));
    }

    /** Key of a ConfigMap or Secret. */
    static List<String> dataKey(String key) {
        List<String> wrong = new ArrayList<>();
        if (bytes(key) > MAX_SUBDOMAIN) {
            wrong.add("must be no more than " + MAX_SUBDOMAIN + " characters");
        }
        if (!KEY.matcher(key).matches()) {
            wrong.add(KEY_TEXT);
        }
        if (key.equals(".") || key.equals("..")) {
            wrong.add("must not be '" + key + "'");
        } else if (key.startsWith("..")) {
            wrong.add("must not start with '..'");
        }
        return wrong;
    }

    /** Name of an environment variable, as since Kubernetes 1.34. */
    static List<String> variable(String name) {
        boolean printable = name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=');
        return printable ? List.of() : List.of(VARIABLE_TEXT);
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static List<String> form(String name, int max, Pattern pattern, String text) {
        List<String> wrong = new ArrayList<>();
        if (bytes(name) > max) {
            wrong.add("must be no more than " + max + " bytes");
        }
        if (!pattern.matcher(name).matches()) {
            wrong.add(text);
        }
        return wrong;
    }
}
