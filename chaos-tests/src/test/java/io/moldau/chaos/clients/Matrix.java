package io.moldau.chaos.clients;

import io.moldau.chaos.run.Acceptance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The table of what each client did, for people: printed, and kept as `client-matrix.md`.
final class Matrix {
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> columns = new LinkedHashSet<>();

    void put(String client, String column, String cell) {
        columns.add(column);
        rows.computeIfAbsent(client, _ -> new LinkedHashMap<>()).put(column, cell);
    }

    void note(String client, String column, String reason) {
        notes.add("%s, %s: %s".formatted(client, column, reason));
    }

    String cell(String client, String column) {
        return rows.getOrDefault(client, Map.of()).getOrDefault(column, "-");
    }

    @Override
    public String toString() {
        var text = new StringBuilder("| client | " + String.join(" | ", columns) + " |\n");
        text.append("| --- ".repeat(columns.size() + 1)).append("|\n");
        for (var client : rows.keySet()) {
            var cells = columns.stream().map(column -> cell(client, column)).toList();
            text.append("| ")
                    .append(client)
                    .append(" | ")
                    .append(String.join(" | ", cells))
                    .append(" |\n");
        }
        notes.forEach(note -> text.append("\n- ").append(note));
        return text.append('\n').toString();
    }

    void publish() {
        System.out.println("\n" + this);
        try {
            Files.createDirectories(Acceptance.report("").toAbsolutePath());
            Files.writeString(Acceptance.report("client-matrix.md"), toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
