package io.moldau.chaos.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Any EDN value as Java has it: `Long`, `Double`, `Boolean`, `String`, [Keyword], `List` (lists
/// and vectors), `Map`, `Set`, and null for `nil`. Tags are passed over, symbols are strings.
public final class Edn {
    private Edn() {}

    /// A name such as `:kill`.
    ///
    /// @param name without the colon
    public record Keyword(String name) {
        @Override
        public String toString() {
            return ":" + name;
        }
    }

    /// @throws IllegalArgumentException it is not EDN; the message says where
    public static Object parse(String text) {
        var cursor = new EdnCursor(text);
        var value = read(cursor);
        if (cursor.peek() != EdnCursor.END) {
            throw cursor.broken("the end");
        }
        return value;
    }

    static Object read(EdnCursor cursor) {
        char first = cursor.peek();
        return switch (first) {
            case '[' -> sequence(cursor, '[', ']');
            case '(' -> sequence(cursor, '(', ')');
            case '{' -> map(cursor);
            case '"' -> cursor.string();
            case ':' -> new Keyword(cursor.keyword());
            case '#' -> dispatched(cursor);
            case EdnCursor.END -> throw cursor.broken("a value");
            default -> cursor.atNumber() ? cursor.number() : symbol(cursor);
        };
    }

    private static Object symbol(EdnCursor cursor) {
        var name = cursor.symbol();
        return switch (name) {
            case "nil" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> name;
        };
    }

    private static List<Object> sequence(EdnCursor cursor, char open, char close) {
        cursor.expect(open);
        var values = new ArrayList<>();
        while (!cursor.eat(close)) {
            values.add(read(cursor));
        }
        return values;
    }

    private static Map<Object, Object> map(EdnCursor cursor) {
        cursor.expect('{');
        var map = new LinkedHashMap<>();
        while (!cursor.eat('}')) {
            var key = read(cursor);
            map.put(key, read(cursor));
        }
        return map;
    }

    private static Object dispatched(EdnCursor cursor) {
        cursor.expect('#');
        if (cursor.peek() == '{') {
            return set(cursor);
        }
        cursor.symbol();
        return read(cursor);
    }

    private static Set<Object> set(EdnCursor cursor) {
        cursor.expect('{');
        var set = new LinkedHashSet<>();
        while (!cursor.eat('}')) {
            set.add(read(cursor));
        }
        return set;
    }

    /// Prints what [#parse(String)] reads.
    public static void print(StringBuilder out, Object value) {
        switch (value) {
            case null -> out.append("nil");
            case String text -> printString(out, text);
            case List<?> list -> printAll(out, '[', list, ']');
            case Set<?> set -> printAll(out.append('#'), '{', set, '}');
            case Map<?, ?> map -> printMap(out, map);
            default -> out.append(value);
        }
    }

    private static void printAll(StringBuilder out, char open, Iterable<?> values, char close) {
        out.append(open);
        var separator = "";
        for (var value : values) {
            print(out.append(separator), value);
            separator = " ";
        }
        out.append(close);
    }

    private static void printMap(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        var separator = "";
        for (var entry : map.entrySet()) {
            print(out.append(separator), entry.getKey());
            print(out.append(' '), entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    static void printString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        out.append('"');
    }
}
