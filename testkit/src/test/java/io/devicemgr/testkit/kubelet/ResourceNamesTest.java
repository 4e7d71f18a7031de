package io.devicemgr.testkit.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table under rule 17, as observed on v1.36.2. */
class ResourceNamesTest {
    private static final String LONG_LABELS = ("a".repeat(60) + ".").repeat(4);

    static Stream<String> accepted() {
        return Stream.of(
                "foo/x",
                "foo.com/X_y.z-1",
                "foo.com/requests.x",
                "foo.com/" + "n".repeat(63),
                LONG_LABELS.substring(0, 243) + "b/x");
    }

    static Stream<String> refused() {
        return Stream.of(
                "",
                "cpu",
                "gpu",
                "hugepages-2Mi",
                "kubernetes.io/x",
                "foo.kubernetes.io/x",
                "notkubernetes.io/x",
                "deviceclass.resource.kubernetes.io/x",
                "requests.foo.com/x",
                "Foo.com/x",
                "foo_bar.com/x",
                "foo.com/",
                "/x",
                "foo.com/a/b",
                "foo.com/-x",
                "foo.com/x-",
                "foo.com/x y",
                "foo.com/" + "n".repeat(64),
                LONG_LABELS.substring(0, 243) + "bb/x");
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String name) {
        assertThat(ResourceNames.isExtended(name)).isTrue();
    }

    @ParameterizedTest
    @MethodSource
    void refused(String name) {
        assertThat(ResourceNames.isExtended(name)).isFalse();
    }
}
