package io.moldau.chaos.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Steps of a session at a terminal, one a line:
///
/// - `$ TOOL ARG…` runs a tool; `< TEXT` lines after it are its input; at its end may stand `2>&1`,
///   `| sort`, `| head N`
/// - `~$ TOOL ARG…` the same, where a person's sentence may be worded in another way
/// - `$ [NAME] TOOL ARG…` starts a tool that goes on
/// - `% stop NAME…` ends such tools; what they wrote together, sorted
/// - `% members GROUP N`, `% read GROUP`, `% restart KEY=VALUE` wait for N members, for a lag of 0;
///   restart the broker
/// - `# …` says what it is about
///
/// `BROKER` stands for the address.
final class Script {
    private Script() {}

    sealed interface Step {
        String line();
    }

    record Heading(String line) implements Step {}

    /// @param name of a tool that goes on, empty for one that ends
    record Run(
            String line,
            boolean anyWording,
            String name,
            String tool,
            List<String> arguments,
            Output output,
            String input)
            implements Step {}

    record Directive(String line, List<String> words) implements Step {}

    /// What of the output counts.
    record Output(boolean withErrors, boolean sorted, int linesMax) {}

    static List<Step> load(String resource) {
        try (var in = Script.class.getResourceAsStream(resource)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Step> parse(List<String> lines) {
        var steps = new ArrayList<Step>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (line.startsWith("#")) {
                steps.add(new Heading(line));
            } else if (line.startsWith("%")) {
                steps.add(new Directive(line, words(line.substring(1))));
            } else if (line.contains("$ ")) {
                var input = new StringBuilder();
                while (i + 1 < lines.size() && lines.get(i + 1).startsWith("< ")) {
                    input.append(lines.get(++i).substring(2)).append('\n');
                }
                steps.add(run(line, input.toString()));
            }
        }
        return steps;
    }

    private static Run run(String line, String input) {
        var command = line.substring(line.indexOf('$') + 1);
        boolean sorted = command.contains("| sort");
        boolean withErrors = command.contains("2>&1");
        int linesMax =
                command.contains("| head ")
                        ? Integer.parseInt(words(command).getLast())
                        : Integer.MAX_VALUE;
        var words = new ArrayList<>(words(command.replaceFirst("(2>&1|\\|).*", "")));
        var name = words.getFirst().startsWith("[") ? words.removeFirst() : "";
        var tool = words.removeFirst();
        var output = new Output(withErrors, sorted, linesMax);
        return new Run(line, line.startsWith("~"), name, tool, List.copyOf(words), output, input);
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.strip().split(" +"));
    }
}
