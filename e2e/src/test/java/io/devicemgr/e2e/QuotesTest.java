package io.devicemgr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a page quotes from a file is what the file says. */
class QuotesTest {
    private static final Pattern QUOTE = Pattern.compile("(?ms)^<!-- from (\\S+) -->\\R```\\w*\\R(.*?)^```$");

    @Test
    void everyQuoteStandsInItsFile() throws IOException {
        int quotes = 0;
        for (MarkdownPage page : MarkdownPage.all()) {
            List<MatchResult> found = QUOTE.matcher(page.text()).results().toList();
            for (MatchResult quote : found) {
                assertThat(Files.readString(Line.project().resolve(quote.group(1))))
                        .as("%s quotes %s", page, quote.group(1))
                        .contains(quote.group(2));
            }
            quotes += found.size();
        }
        assertThat(quotes).isPositive();
    }
}
