package io.moldau.chaos.check;

import com.google.errorprone.annotations.FormatMethod;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Operation;
import io.moldau.chaos.history.Operation.Stage;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How operations end, and whether the history keeps the rules of one: a process does one thing at
/// a time, and one whose operation was given up is never heard of again.
final class Outcomes {
    private final Findings findings;
    private final Map<Integer, Operation> open = new HashMap<>();
    private final BitSet gone = new BitSet();
    private final Map<String, Map<String, Long>> counts = new TreeMap<>();

    Outcomes(Findings findings) {
        this.findings = findings;
    }

    /// Follows a client's operation.
    ///
    /// @return how it began, or itself when it begins; null when it fits nowhere
    Operation follow(Operation op) {
        if (gone.get(op.process())) {
            malformed(op, "process %d goes on after it was given up", op.process());
            return null;
        }
        return op.type() == Stage.INVOKE ? begin(op) : end(op);
    }

    private Operation begin(Operation op) {
        var other = open.put(op.process(), op);
        if (other != null) {
            malformed(op, "process %d has not ended operation %d", op.process(), other.index());
        }
        return op;
    }

    private Operation end(Operation op) {
        var began = open.remove(op.process());
        if (op.type() == Stage.INFO) {
            gone.set(op.process());
        }
        if (began == null) {
            malformed(op, "process %d ends what it did not begin", op.process());
            return null;
        }
        count(op.f(), op.type().label());
        return began;
    }

    private void count(String f, String outcome) {
        counts.computeIfAbsent(f, _ -> new TreeMap<>()).merge(outcome, 1L, Long::sum);
    }

    @FormatMethod
    private void malformed(Operation op, String format, Object... arguments) {
        findings.add(
                Kind.MALFORMED_HISTORY,
                op.index(),
                List.of(Needle.ofIndex(op.index())),
                format,
                arguments);
    }

    /// By `:f`, then by outcome. What never ended counts as `info`. Called once, at the end.
    Map<String, Map<String, Long>> counts() {
        open.values().forEach(op -> count(op.f(), Stage.INFO.label()));
        open.clear();
        return counts;
    }
}
