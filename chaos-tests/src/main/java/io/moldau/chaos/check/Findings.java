package io.moldau.chaos.check;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was found: all of it is counted, the first of each kind are kept.
final class Findings {
    /// One broken promise often shows in thousands of records. Nobody reads more than these.
    static final int KEPT_OF_A_KIND = 10;

    private final List<Finding> kept = new ArrayList<>();
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

    /// Whether one more of this kind would be kept; where it would not, [#count(Kind)] is cheaper.
    boolean keeps(Kind kind) {
        return counts.getOrDefault(kind, 0L) < KEPT_OF_A_KIND;
    }

    void count(Kind kind) {
        counts.merge(kind, 1L, Long::sum);
    }

    @FormatMethod
    void add(Kind kind, long index, List<Needle> needles, String format, Object... arguments) {
        if (keeps(kind)) {
            kept.add(new Finding(kind, index, format.formatted(arguments), needles));
        }
        count(kind);
    }

    List<Finding> kept() {
        return List.copyOf(kept);
    }

    /// How many of each kind, by its label.
    Map<String, Long> counts() {
        var byLabel = new TreeMap<String, Long>();
        counts.forEach((kind, count) -> byLabel.put(kind.label(), count));
        return byLabel;
    }
}
