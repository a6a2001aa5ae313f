package io.moldau.chaos.tools;

import io.moldau.chaos.tools.Script.Output;
import io.moldau.chaos.tools.StockTools.Result;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a tool showed, without what differs from run to run: ids, times, addresses.
final class Plain {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern ID = Pattern.compile("(TopicId: |Cluster ID: )[A-Za-z0-9_-]{22}");
    private static final Pattern ANONYMOUS = Pattern.compile("console-consumer-\\d+$");
    private static final Pattern TIME = Pattern.compile("\\[20\\d\\d-\\d\\d-\\d\\d [\\d:,]+]");

    private final Map<String, String> names;

    /// @param names what is written in place of what, the first one first
    Plain(Map<String, String> names) {
        this.names = new LinkedHashMap<>(names);
    }

    /// The lines that a person would look at, and the exit status if it is not zero.
    String text(Result result, Output output) {
        var text = result.output() + (output.withErrors() ? result.errors() : "");
        Stream<String> lines =
                text.lines()
                        .filter(line ->
                                !line.startsWith("\tat ")
                                        && !line.startsWith("SLF4J")
                                        && !line.startsWith("WARNING: "))
                        .filter(line -> !line.startsWith("log4j:") && !line.isBlank())
                        .map(this::line);
        if (output.sorted()) {
            lines = lines.sorted();
        }
        var shown = lines.limit(output.linesMax()).collect(Collectors.joining("\n"));
        return shown
                + (result.exitStatus() == 0 ? "" : "\n(status %d)".formatted(result.exitStatus()));
    }

    private String line(String line) {
        var text = line;
        for (var name : names.entrySet()) {
            text = text.replace(name.getKey(), name.getValue());
        }
        text = ID.matcher(UUID.matcher(text).replaceAll("UUID")).replaceAll("$1ID");
        text = ANONYMOUS.matcher(text).replaceAll("console-consumer-N");
        return TIME.matcher(text).replaceAll("[TIME]").replaceAll(" +", " ").stripTrailing();
    }
}
