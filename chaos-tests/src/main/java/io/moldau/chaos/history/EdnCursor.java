package io.moldau.chaos.history;

/// A place in a line of EDN. Every question first passes over blanks and commas.
final class EdnCursor {
    static final char END = '\0';

    private final String text;
    private int at;

    EdnCursor(String text) {
        this.text = text;
    }

    /// The next character, [#END] behind the last.
    char peek() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : END;
    }

    /// Passes over `c` if it comes next.
    boolean eat(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    void expect(char c) {
        if (!eat(c)) {
            throw broken("'" + c + "'");
        }
    }

    boolean atNumber() {
        char c = peek();
        if (c == '-' || c == '+') {
            return at + 1 < text.length() && isDigit(text.charAt(at + 1));
        }
        return isDigit(c);
    }

    /// An integer; Clojure's mark of a big one is passed over.
    long integer() {
        if (!atNumber()) {
            throw broken("an integer");
        }
        boolean negative = text.charAt(at) == '-';
        if (negative || text.charAt(at) == '+') {
            at++;
        }
        long negated = 0; // Counted below zero, where there is room for one more.
        int began = at;
        while (at < text.length() && isDigit(text.charAt(at))) {
            negated = negated * 10 - (text.charAt(at++) - '0');
            if (negated > 0 || at - began > 19) {
                throw broken("an integer of 64 bits");
            }
        }
        if (at < text.length() && text.charAt(at) == 'N') {
            at++;
        }
        return negative ? negated : -negated;
    }

    /// A `Long`, or a `Double` where it is no integer.
    Object number() {
        int began = at;
        int end = at;
        while (end < text.length() && !isDelimiter(text.charAt(end))) {
            end++;
        }
        var digits = text.substring(began, end);
        if (digits.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E' || c == '/')) {
            at = end;
            return ratio(digits);
        }
        return integer();
    }

    private double ratio(String digits) {
        try {
            int slash = digits.indexOf('/');
            return slash < 0
                    ? Double.parseDouble(digits.replace("M", ""))
                    : Double.parseDouble(digits.substring(0, slash))
                            / Double.parseDouble(digits.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw broken("a number", e);
        }
    }

    /// A keyword's name, without its colon.
    String keyword() {
        expect(':');
        return symbol();
    }

    String symbol() {
        int began = at;
        while (at < text.length() && !isDelimiter(text.charAt(at))) {
            at++;
        }
        if (at == began) {
            throw broken("a name");
        }
        return text.substring(began, at);
    }

    String string() {
        expect('"');
        var out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escaped() : c);
        }
        throw broken("the end of a string");
    }

    private char escaped() {
        if (at == text.length()) {
            throw broken("an escaped character");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> c;
        };
    }

    IllegalArgumentException broken(String expected) {
        return broken(expected, null);
    }

    private IllegalArgumentException broken(String expected, Throwable cause) {
        var near = text.substring(Math.min(at, text.length()), Math.min(at + 20, text.length()));
        return new IllegalArgumentException(
                "column %d: expected %s, there is '%s'".formatted(at + 1, expected, near), cause);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isDelimiter(char c) {
        return isBlank(c) || "[](){}\"".indexOf(c) >= 0;
    }
}
