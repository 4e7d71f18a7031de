package io.devicemgr.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Containerfiles make what {@link Image} says. */
class ContainerfileTest {
    @ParameterizedTest
    @EnumSource
    void saysWhatTheImageIs(Image image) throws IOException {
        String text =
                Files.readString(Path.of("..", image.module(), "Containerfile")).replaceAll("\\\\\\n\\s*", "");
        String entrypoint = image.entrypoint().stream()
                .map(word -> "\"" + word + "\"")
                .collect(Collectors.joining(", ", "ENTRYPOINT [", "]"));
        assertThat(text.lines())
                .contains(
                        entrypoint,
                        "USER " + image.user(),
                        "WORKDIR " + Image.HOME,
                        "EXPOSE " + Image.PORT + "/tcp",
                        "COPY --from=build /image/root/ /");
        assertThat(line(text, "ENV").split(" "))
                .containsExactlyInAnyOrder(image.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toArray(String[]::new));
        assertThat(line(text, "LABEL").replaceAll("\" (?=org)", "\"\n").lines())
                .containsExactlyInAnyOrderElementsOf(image.labels("${VERSION}").entrySet().stream()
                        .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
                        .toList());
    }

    private static String line(String text, String instruction) {
        return text.lines()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1))
                .collect(Collectors.joining(" "));
    }
}
