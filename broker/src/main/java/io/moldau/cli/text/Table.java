package io.moldau.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Rows under named columns: aligned text for people, objects with typed values for programs.
///
/// A column is named as in JSON (`currentOffset`); people read it as `CURRENT-OFFSET`. A missing
/// value is `-` here and `null` there. Numbers stand to the right.
public final class Table {
    private static final String GAP = "  ";

    private final List<String> columns;
    private final List<List<Object>> rows = new ArrayList<>();

    public Table(String... columns) {
        this.columns = List.of(columns);
    }

    /// @param values one for each column, null for what is not known
    public Table row(Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    "%d values for %d columns".formatted(values.length, columns.size()));
        }
        rows.add(Arrays.asList(values));
        return this;
    }

    public List<String> columns() {
        return columns;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// One map a row, its keys in column order.
    public List<Map<String, Object>> asObjects() {
        var objects = new ArrayList<Map<String, Object>>();
        for (var row : rows) {
            var object = new LinkedHashMap<String, Object>();
            for (int i = 0; i < columns.size(); i++) {
                object.put(columns.get(i), row.get(i));
            }
            objects.add(object);
        }
        return objects;
    }

    /// @param heading dresses the head line
    public String asText(UnaryOperator<String> heading) {
        int[] widths = new int[columns.size()];
        var head = columns.stream().map(Table::title).toList();
        widen(widths, head);
        var lines = rows.stream().map(row -> row.stream().map(Table::cell).toList()).toList();
        lines.forEach(line -> widen(widths, line));

        var text = new StringBuilder();
        text.append(heading.apply(line(head, widths))).append('\n');
        lines.forEach(line -> text.append(line(line, widths)).append('\n'));
        return text.toString();
    }

    private String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            var padding = " ".repeat(widths[i] - width(cells.get(i)));
            line.append(i == 0 ? "" : GAP);
            line.append(isNumeric(i) ? padding + cells.get(i) : cells.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }

    private boolean isNumeric(int column) {
        return !rows.isEmpty()
                && rows.stream()
                        .allMatch(row ->
                                row.get(column) == null || row.get(column) instanceof Number);
    }

    private static void widen(int[] widths, List<String> cells) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], width(cells.get(i)));
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    /// `currentOffset` as `CURRENT-OFFSET`.
    private static String title(String column) {
        return column.replaceAll("([a-z])([A-Z])", "$1-$2").toUpperCase(Locale.ROOT);
    }

    /// A cell stays on its line whatever a broker or a client put into it.
    private static String cell(Object value) {
        return switch (value) {
            case null -> "-";
            case List<?> list -> String.join(",", list.stream().map(Object::toString).toList());
            default -> value.toString().isEmpty() ? "-" : printable(value.toString());
        };
    }

    private static String printable(String text) {
        return text.codePoints().anyMatch(Character::isISOControl)
                ? text.codePoints()
                        .map(point -> Character.isISOControl(point) ? '\ufffd' : point)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString()
                : text;
    }
}
