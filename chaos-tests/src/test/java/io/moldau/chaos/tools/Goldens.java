package io.moldau.chaos.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.tools.Script.Run;
import io.moldau.chaos.tools.Script.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What the tools showed on the real Kafka, to compare with.
///
/// `-Dmoldau.golden.record=FOLDER` writes the answers down instead of comparing them.
final class Goldens {
    /// What a person reads to the end of the line; before it stands what a program may look for.
    private static final Pattern WORDING = Pattern.compile("(Exception:|command :|:) .*");

    private Goldens() {}

    /// What one step of a script showed.
    record Shown(Step step, String text) {}

    /// Compares what was shown with what Kafka shows, and writes both side by side for people.
    ///
    /// @param name of the file with Kafka's answers
    /// @param report name of the report
    static void judge(String name, String report, List<Shown> shown) {
        var record = System.getProperty("moldau.golden.record");
        if (record != null) {
            write(Path.of(record).resolve(name + ".golden"), text(shown));
            return;
        }
        var golden = golden(name);
        var differences = differences(shown, golden);
        write(Acceptance.report(report + ".md"), sideBySide(name, shown, golden));
        assertThat(differences).as("what differs from Kafka, by " + name).isEmpty();
    }

    private static final String RULE = "----\n";

    /// Blocks in the order of the script: the step, then what it showed.
    private static String text(List<Shown> shown) {
        var text = new StringBuilder();
        for (var one : shown) {
            text.append(one.step().line()).append('\n').append(one.text());
            text.append(one.text().isEmpty() || one.text().endsWith("\n") ? "" : "\n").append(RULE);
        }
        return text.toString();
    }

    private static List<String> golden(String name) {
        try (var in = Goldens.class.getResourceAsStream("/tools/" + name + ".golden")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return List.of(text.split(Pattern.quote(RULE), -1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> differences(List<Shown> shown, List<String> golden) {
        var differences = new ArrayList<String>();
        for (int i = 0; i < shown.size(); i++) {
            var one = shown.get(i);
            var expected = answerIn(golden.get(i), one.step().line());
            if (!same(one, expected)) {
                differences.add(
                        "%n%s%nKafka:%n%s%nhere:%n%s%n"
                                .formatted(one.step().line(), expected, one.text()));
            }
        }
        return differences;
    }

    private static boolean same(Shown shown, String expected) {
        if (shown.step() instanceof Run run && run.anyWording()) {
            return withoutWording(shown.text()).equals(withoutWording(expected));
        }
        return shown.text().strip().equals(expected.strip());
    }

    /// The first line up to its sentence, and the exit status.
    private static String withoutWording(String text) {
        var lines = text.strip().lines().toList();
        return lines.isEmpty()
                ? ""
                : WORDING.matcher(lines.getFirst()).replaceFirst("$1")
                        + lines.getLast().replaceAll("^[^(].*", "");
    }

    private static String answerIn(String block, String line) {
        assertThat(block)
                .as("the golden answers are for another script: record them anew")
                .startsWith(line + "\n");
        return block.substring(line.length() + 1).stripTrailing();
    }

    private static String sideBySide(String name, List<Shown> shown, List<String> golden) {
        var text = new StringBuilder("# %s: Kafka 4.3.1 beside Moldau%n".formatted(name));
        for (int i = 0; i < shown.size(); i++) {
            var one = shown.get(i);
            var expected = answerIn(golden.get(i), one.step().line());
            if (one.step() instanceof Script.Heading heading) {
                text.append("\n## ").append(heading.line().substring(1).strip()).append('\n');
                continue;
            }
            text.append("\n`").append(one.step().line()).append("`\n");
            if (one.text().strip().equals(expected.strip())) {
                text.append("\nBoth:\n```\n").append(expected).append("\n```\n");
            } else {
                text.append("\nKafka:\n```\n").append(expected).append("\n```\nMoldau:\n```\n");
                text.append(one.text()).append("\n```\n");
            }
        }
        return text.toString();
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
