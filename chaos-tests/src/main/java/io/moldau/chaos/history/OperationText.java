package io.moldau.chaos.history;

import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes.Rebalance;
import java.util.List;

/// Operations as lines.
final class OperationText {
    private OperationText() {}

    static String of(Operation op) {
        var out = new StringBuilder();
        head(out, op.index(), op.timeNanos());
        body(out, op.process(), op.type(), op.f(), op.value(), op.notes());
        return out.toString();
    }

    /// What is known only at the moment of writing. [#body] goes on from there.
    static void head(StringBuilder out, long index, long timeNanos) {
        out.append("{:index ").append(index).append(", :time ").append(timeNanos);
    }

    static void body(
            StringBuilder out,
            int process,
            Operation.Stage type,
            String f,
            Value value,
            Notes notes) {
        out.append(", :process ");
        if (process == Operation.NEMESIS) {
            out.append(":nemesis");
        } else {
            out.append(process);
        }
        out.append(", :type :").append(type.label()).append(", :f :").append(f);
        value(out.append(", :value "), value);
        if (!notes.equals(Notes.NONE)) {
            notes(out, notes);
        }
        out.append('}');
    }

    private static void value(StringBuilder out, Value value) {
        switch (value) {
            case Value.Mops(var mops) -> mops(out, mops);
            case Value.Keys(var keys) -> Edn.print(out, keys);
            case Value.None() -> out.append("nil");
            case Value.Other(var edn) -> Edn.print(out, edn);
        }
    }

    private static void mops(StringBuilder out, List<Mop> mops) {
        out.append('[');
        var separator = "";
        for (var mop : mops) {
            mop(out.append(separator), mop);
            separator = " ";
        }
        out.append(']');
    }

    private static void mop(StringBuilder out, Mop mop) {
        switch (mop) {
            case Send(var key, var value) ->
                    out.append("[:send ").append(key).append(' ').append(value).append(']');
            case Sent(var key, var value, var offset) ->
                    pair(out.append("[:send ").append(key).append(' '), offset, value).append(']');
            case Poll() -> out.append("[:poll]");
            case Polled(var batches) -> polled(out, batches);
        }
    }

    private static void polled(StringBuilder out, List<Batch> batches) {
        out.append("[:poll {");
        var separator = "";
        for (var batch : batches) {
            out.append(separator).append(batch.key()).append(" [");
            for (int i = 0; i < batch.records().size(); i++) {
                var found = batch.records().get(i);
                pair(out.append(i == 0 ? "" : " "), found.offset(), found.value());
            }
            out.append(']');
            separator = ", ";
        }
        out.append("}]");
    }

    private static StringBuilder pair(StringBuilder out, long offset, long value) {
        return out.append('[').append(offset).append(' ').append(value).append(']');
    }

    private static void notes(StringBuilder out, Notes notes) {
        if (!notes.group().isEmpty()) {
            Edn.printString(out.append(", :group "), notes.group());
        }
        if (!notes.rebalances().isEmpty()) {
            rebalances(out.append(", :rebalance-log "), notes.rebalances());
        }
        if (!notes.commits().isEmpty()) {
            out.append(", :committed {");
            var separator = "";
            for (var commit : notes.commits()) {
                out.append(separator).append(commit.key()).append(' ').append(commit.offset());
                separator = ", ";
            }
            out.append('}');
        }
        if (!notes.error().isEmpty()) {
            Edn.printString(out.append(", :error "), notes.error());
        }
    }

    private static void rebalances(StringBuilder out, List<Rebalance> rebalances) {
        out.append('[');
        var separator = "";
        for (var rebalance : rebalances) {
            out.append(separator)
                    .append("{:f ")
                    .append(rebalance.assigned() ? ":assigned" : ":revoked")
                    .append(", :time ")
                    .append(rebalance.timeNanos())
                    .append(", :keys ");
            Edn.print(out, rebalance.keys());
            out.append('}');
            separator = " ";
        }
        out.append(']');
    }
}
