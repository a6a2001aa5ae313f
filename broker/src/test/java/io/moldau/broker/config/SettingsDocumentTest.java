package io.moldau.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsDocumentTest {
    private static final Path FILE = Path.of("..", "docs", "settings.md");

    /// `-Dmoldau.docs.write` writes the file anew.
    @Test
    void theDocumentSaysWhatTheTablesSay() throws IOException {
        if (System.getProperty("moldau.docs.write") != null) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, SettingsDocument.text());
        }

        assertThat(FILE).content().isEqualTo(SettingsDocument.text());
    }

    @Test
    void everySettingIsExplainedInASentence() {
        var all =
                Stream.concat(
                        SettingTable.broker().stream(),
                        SettingTable.topic().stream().map(TopicSetting::setting));

        assertThat(all)
                .allMatch(setting ->
                        setting.documentation().endsWith(".")
                                && !setting.documentation().contains("|"));
    }
}
