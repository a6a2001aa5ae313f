package io.moldau.chaos.history;

import io.moldau.chaos.history.Edn.Keyword;
import io.moldau.chaos.history.Mop.Batch;
import io.moldau.chaos.history.Mop.Found;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Notes.Commit;
import io.moldau.chaos.history.Notes.Rebalance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One line of a history, in whatever order its writer put the parts. One instance reads one line.
///
/// Records take a short way, since they are nearly all of a history; all else goes by [Edn].
final class OperationParser {
    private static final long UNKNOWN = -1;

    private final EdnCursor cursor;
    private long index = UNKNOWN;
    private long timeNanos = UNKNOWN;
    private int process = Operation.NEMESIS;
    private Operation.Stage type;
    private String f;
    private Value value = new Value.None();
    private String group = "";
    private String error = "";
    private List<Rebalance> rebalances = List.of();
    private List<Commit> commits = List.of();

    private OperationParser(String line) {
        cursor = new EdnCursor(line);
    }

    /// @throws IllegalArgumentException it is no operation; the message says what is wrong
    static Operation parse(String line) {
        var parser = new OperationParser(line);
        parser.read();
        return parser.operation();
    }

    private void read() {
        if (cursor.eat('#')) {
            cursor.symbol(); // A tagged map is a map.
        }
        cursor.expect('{');
        while (!cursor.eat('}')) {
            var name = cursor.keyword();
            switch (name) {
                case "index" -> index = cursor.integer();
                case "time" -> timeNanos = cursor.integer();
                case "process" -> process = process();
                case "type" -> type = type(cursor.keyword());
                case "f" -> f = cursor.keyword();
                case "value" -> value = value();
                case "group" -> group = cursor.string();
                case "committed" -> commits = commits();
                case "rebalance-log" -> rebalances = rebalances(Edn.read(cursor));
                case "error" -> error = error(Edn.read(cursor));
                default -> {
                    var _ = Edn.read(cursor); // Others may write down what they like.
                }
            }
        }
        if (cursor.peek() != EdnCursor.END) {
            throw cursor.broken("the end");
        }
    }

    private Operation operation() {
        if (type == null || f == null) {
            throw new IllegalArgumentException("an operation has a :type and an :f");
        }
        boolean bare =
                group.isEmpty() && rebalances.isEmpty() && commits.isEmpty() && error.isEmpty();
        var notes = bare ? Notes.NONE : new Notes(group, rebalances, commits, error);
        return new Operation(index, timeNanos, process, type, f, value, notes);
    }

    private int process() {
        if (cursor.atNumber()) {
            return Math.toIntExact(cursor.integer());
        }
        cursor.keyword();
        return Operation.NEMESIS;
    }

    private Operation.Stage type(String name) {
        return switch (name) {
            case "invoke" -> Operation.Stage.INVOKE;
            case "ok" -> Operation.Stage.OK;
            case "fail" -> Operation.Stage.FAIL;
            case "info" -> Operation.Stage.INFO;
            default -> throw cursor.broken("a type before");
        };
    }

    private Value value() {
        if (!cursor.eat('[')) {
            return other(Edn.read(cursor));
        }
        if (cursor.atNumber()) {
            return keys();
        }
        if (cursor.peek() != '[' && cursor.peek() != ']') {
            return other(rest());
        }
        var mops = new ArrayList<Mop>();
        while (!cursor.eat(']')) {
            mops.add(mop());
        }
        return new Value.Mops(mops);
    }

    private static Value other(Object edn) {
        return switch (edn) {
            case null -> new Value.None();
            case Set<?> set when set.stream().allMatch(Long.class::isInstance) ->
                    new Value.Keys(set.stream().map(Long.class::cast).sorted().toList());
            default -> new Value.Other(edn);
        };
    }

    private List<Object> rest() {
        var values = new ArrayList<>();
        while (!cursor.eat(']')) {
            values.add(Edn.read(cursor));
        }
        return values;
    }

    private Value keys() {
        var keys = new ArrayList<Long>();
        while (!cursor.eat(']')) {
            keys.add(cursor.integer());
        }
        return new Value.Keys(keys);
    }

    private Mop mop() {
        cursor.expect('[');
        var name = cursor.keyword();
        var mop =
                switch (name) {
                    case "send" -> send();
                    case "poll" -> poll();
                    default -> throw cursor.broken("send or poll before");
                };
        cursor.expect(']');
        return mop;
    }

    private Mop send() {
        long key = cursor.integer();
        if (!cursor.eat('[')) {
            return new Send(key, cursor.integer());
        }
        boolean known = cursor.atNumber();
        long offset = known ? cursor.integer() : nothing();
        long sent = cursor.integer();
        cursor.expect(']');
        return known ? new Sent(key, sent, offset) : new Send(key, sent);
    }

    private long nothing() {
        if (!cursor.symbol().equals("nil")) {
            throw cursor.broken("an offset or nil before");
        }
        return UNKNOWN;
    }

    private Mop poll() {
        if (cursor.peek() == ']') {
            return new Poll();
        }
        if (cursor.peek() != '{') {
            nothing();
            return new Poll();
        }
        cursor.expect('{');
        var batches = new ArrayList<Batch>();
        while (!cursor.eat('}')) {
            batches.add(new Batch(cursor.integer(), found()));
        }
        return new Polled(batches);
    }

    private List<Found> found() {
        cursor.expect('[');
        var records = new ArrayList<Found>();
        while (!cursor.eat(']')) {
            cursor.expect('[');
            records.add(new Found(cursor.integer(), cursor.integer()));
            cursor.expect(']');
        }
        return records;
    }

    private List<Commit> commits() {
        cursor.expect('{');
        var read = new ArrayList<Commit>();
        while (!cursor.eat('}')) {
            read.add(new Commit(cursor.integer(), cursor.integer()));
        }
        return read;
    }

    private static String error(Object edn) {
        if (edn instanceof String text) {
            return text;
        }
        var out = new StringBuilder();
        Edn.print(out, edn);
        return out.toString();
    }

    private static List<Rebalance> rebalances(Object edn) {
        var read = new ArrayList<Rebalance>();
        if (edn instanceof List<?> entries) {
            for (var entry : entries) {
                if (entry instanceof Map<?, ?> map) {
                    read.add(rebalance(map));
                }
            }
        }
        return read;
    }

    private static Rebalance rebalance(Map<?, ?> map) {
        boolean assigned = !new Keyword("revoked").equals(map.get(new Keyword("f")));
        long timeNanos = map.get(new Keyword("time")) instanceof Long time ? time : UNKNOWN;
        var keys =
                map.get(new Keyword("keys")) instanceof List<?> list
                        ? list.stream()
                                .filter(Long.class::isInstance)
                                .map(Long.class::cast)
                                .toList()
                        : List.<Long>of();
        return new Rebalance(assigned, timeNanos, keys);
    }
}
