package io.moldau.chaos.check;

import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.check.Finding.Needle;
import io.moldau.chaos.history.Mop.Poll;
import io.moldau.chaos.history.Mop.Polled;
import io.moldau.chaos.history.Mop.Send;
import io.moldau.chaos.history.Mop.Sent;
import io.moldau.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Transactions that read from each other in a circle (G1c): each of them committed before the
/// other.
///
/// Only reads count. Two transactions may send to the same partitions in opposite orders, since
/// Kafka gives offsets when records are sent and not when they are committed.
final class CircularReads {
    private final Findings findings;

    /// The operations' places in the history, by node.
    private final LongList indexes = new LongList();

    /// For each key, the node that sent a value.
    private final Map<Long, PagedLongs> writers = new HashMap<>();

    /// Node, key and value of each read.
    private final LongList reads = new LongList();

    CircularReads(Findings findings) {
        this.findings = findings;
    }

    /// A committed transaction. One that only sends or only reads is in no circle.
    void onCommitted(Operation op) {
        boolean sends = false;
        boolean polls = false;
        for (var mop : op.mops()) {
            sends |= mop instanceof Send || mop instanceof Sent;
            polls |= mop instanceof Polled;
        }
        if (!sends || !polls) {
            return;
        }
        long node = indexes.size();
        indexes.add(op.index());
        for (var mop : op.mops()) {
            switch (mop) {
                case Send(var key, var value) -> wrote(node, key, value);
                case Sent(var key, var value, _) -> wrote(node, key, value);
                case Polled(var batches) ->
                        batches.forEach(batch ->
                                batch.records()
                                        .forEach(found -> read(node, batch.key(), found.value())));
                case Poll() -> {
                    // It got nothing.
                }
            }
        }
    }

    private void wrote(long node, long key, long value) {
        writers.computeIfAbsent(key, _ -> new PagedLongs()).put(value, node);
    }

    private void read(long node, long key, long value) {
        reads.add(node);
        reads.add(key);
        reads.add(value);
    }

    void judge() {
        for (var circle : new Circles(edges()).find()) {
            var needles = new ArrayList<Needle>();
            var names = new ArrayList<Long>();
            for (int node : circle) {
                needles.add(Needle.ofIndex(indexes.get(node)));
                names.add(indexes.get(node));
            }
            findings.add(
                    Kind.CIRCULAR_READ,
                    names.getLast(),
                    needles,
                    "transactions %s read from each other",
                    names);
        }
    }

    /// For each node, those that read what it sent.
    private List<List<Integer>> edges() {
        var edges = new ArrayList<List<Integer>>();
        for (int i = 0; i < indexes.size(); i++) {
            edges.add(new ArrayList<>(1));
        }
        for (int i = 0; i < reads.size(); i += 3) {
            var ofKey = writers.get(reads.get(i + 1));
            long writer = ofKey == null ? PagedLongs.ABSENT : ofKey.get(reads.get(i + 2));
            if (writer != PagedLongs.ABSENT && writer != reads.get(i)) {
                edges.get((int) writer).add((int) reads.get(i));
            }
        }
        return edges;
    }
}
