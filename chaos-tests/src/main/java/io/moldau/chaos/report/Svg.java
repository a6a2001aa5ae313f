package io.moldau.chaos.report;

import java.util.Locale;

/// A picture in the making. Texts are escaped here and nowhere else.
final class Svg {
    private final StringBuilder out = new StringBuilder();

    void rect(double x, double y, double width, double height, String style, String title) {
        out.append("<rect x=\"").append(number(x));
        out.append("\" y=\"").append(number(y));
        out.append("\" width=\"").append(number(Math.max(width, 0.75)));
        out.append("\" height=\"").append(number(height));
        out.append("\" rx=\"1\" class=\"").append(style).append('"');
        if (title.isEmpty()) {
            out.append("/>\n");
        } else {
            out.append("><title>").append(Html.escaped(title)).append("</title></rect>\n");
        }
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        out.append("<path d=\"M").append(number(x1)).append(' ').append(number(y1));
        out.append('L').append(number(x2)).append(' ').append(number(y2));
        out.append("\" class=\"").append(style).append("\"/>\n");
    }

    void path(String path, String style) {
        if (!path.isEmpty()) {
            out.append("<path d=\"").append(path);
            out.append("\" class=\"").append(style).append("\"/>\n");
        }
    }

    /// @param anchor `start`, `middle` or `end`
    void text(double x, double y, String anchor, String style, String text) {
        out.append("<text x=\"").append(number(x));
        out.append("\" y=\"").append(number(y));
        out.append("\" text-anchor=\"").append(anchor);
        out.append("\" class=\"").append(style).append("\">");
        out.append(Html.escaped(text)).append("</text>\n");
    }

    /// The whole of it, this wide and high in its own units.
    String element(double width, double height, String label) {
        return "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">%n%s</svg>%n"
                .formatted(number(width), number(height), Html.escaped(label), out);
    }

    static String number(double value) {
        var text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
