package io.moldau.chaos.load;

import io.moldau.chaos.check.Anomaly;
import io.moldau.chaos.check.Anomaly.Kind;
import io.moldau.chaos.load.Event.Acknowledged;
import io.moldau.chaos.load.Event.Committed;
import io.moldau.chaos.load.Event.Found;
import io.moldau.chaos.load.Event.Refused;
import io.moldau.chaos.load.Event.Resumed;
import io.moldau.chaos.load.Event.Unresolved;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What idempotent producers and committing groups were promised, against what was found.
///
/// - Every acknowledged record is there, once, at the offset that was acknowledged.
/// - A record of unknown outcome is there at most once; a refused one is not there.
/// - Each producer's records stand in the order it sent them.
/// - A group resumes no earlier than at its last acknowledged commit.
///
/// One instance judges one history, given in the order in which its clients saw it.
public final class DeliveryChecker {
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<Slot, Event> sends = new HashMap<>();
    private final Map<Slot, Found> found = new HashMap<>();
    private final Map<String, Long> lastOffsetRead = new HashMap<>();
    private final Map<Stream, Long> lastValueRead = new HashMap<>();
    private final Map<Stream, Long> promised = new HashMap<>();

    private DeliveryChecker() {}

    /// A producer's value in a partition.
    private record Slot(String partition, String producer, long value) {}

    /// A producer, or a group, in a partition.
    private record Stream(String name, String partition) {}

    /// Judges `history`; a producer's values grow in the order of its sends.
    ///
    /// @return what is wrong, empty when nothing is
    public static List<Anomaly> check(Iterable<Event> history) {
        var checker = new DeliveryChecker();
        history.forEach(checker::on);
        checker.missing();
        return List.copyOf(checker.anomalies);
    }

    private void on(Event event) {
        switch (event) {
            case Acknowledged ack ->
                    sends.put(new Slot(ack.partition(), ack.producer(), ack.value()), ack);
            case Unresolved send ->
                    sends.put(new Slot(send.partition(), send.producer(), send.value()), send);
            case Refused send ->
                    sends.put(new Slot(send.partition(), send.producer(), send.value()), send);
            case Found record -> onFound(record);
            case Committed commit ->
                    promised.put(new Stream(commit.group(), commit.partition()), commit.offset());
            case Resumed resumed -> onResumed(resumed);
        }
    }

    private void onFound(Found record) {
        Long before = lastOffsetRead.put(record.partition(), record.offset());
        if (before != null && before >= record.offset()) {
            report(Kind.NONMONOTONIC_POLL, "%s after offset %d".formatted(record, before));
        }
        var slot = new Slot(record.partition(), record.producer(), record.value());
        var first = found.putIfAbsent(slot, record);
        if (first != null) {
            report(Kind.DUPLICATE, "%s, and at offset %d".formatted(record, first.offset()));
            return; // Its place in the order was judged when it was first seen.
        }
        var stream = new Stream(record.producer(), record.partition());
        Long previous = lastValueRead.put(stream, record.value());
        if (previous != null && previous > record.value()) {
            report(Kind.NONMONOTONIC_SEND, "%s after value %d".formatted(record, previous));
        }
    }

    private void onResumed(Resumed resumed) {
        Long least = promised.get(new Stream(resumed.group(), resumed.partition()));
        if (least != null && resumed.offset() < least) {
            report(Kind.COMMIT_WENT_BACK, "%s, committed was %d".formatted(resumed, least));
        }
    }

    /// The two lists against each other, once both are whole.
    private void missing() {
        sends.forEach((slot, send) -> {
            var record = found.get(slot);
            switch (send) {
                case Acknowledged ack when record == null ->
                        report(Kind.LOST_WRITE, ack.toString());
                case Acknowledged ack when record.offset() != ack.offset() ->
                        report(
                                Kind.INCONSISTENT_OFFSETS,
                                "%s, found at offset %d".formatted(ack, record.offset()));
                case Refused refused when record != null ->
                        report(
                                Kind.UNEXPECTED_WRITE,
                                "%s, found at offset %d".formatted(refused, record.offset()));
                case Acknowledged _, Refused _, Unresolved _, Found _, Committed _, Resumed _ -> {
                    // As promised.
                }
            }
        });
        found.forEach((slot, record) -> {
            if (!sends.containsKey(slot)) {
                report(Kind.UNEXPECTED_WRITE, "%s, which nobody sent".formatted(record));
            }
        });
    }

    private void report(Kind kind, String detail) {
        anomalies.add(new Anomaly(kind, detail));
    }
}
