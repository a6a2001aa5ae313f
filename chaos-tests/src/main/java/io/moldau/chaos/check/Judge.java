package io.moldau.chaos.check;

import io.moldau.chaos.history.HistoryReader;
import io.moldau.chaos.timeline.FaultSpan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Judges histories, our own and others'. A history is read twice when there is something to quote,
/// else once.
public final class Judge {
    private Judge() {}

    /// A history of producers and consumers, without faults to recover from.
    ///
    /// @throws IllegalArgumentException a line is no operation; the message says which, and why
    public static Judgement judge(Path history) {
        var checker = checked(history, List.of());
        return checker.judgement(quoted(history, checker), checker.findings().counts(), Map.of());
    }

    /// All that a run's clients saw.
    ///
    /// @param metadataHistory of the admins, see [MetadataChecker]
    /// @throws IllegalArgumentException a line is no operation; the message says which, and why
    public static Judgement judge(Path history, Path metadataHistory, List<FaultSpan> faults) {
        var checker = checked(history, faults);
        var metadata = new MetadataChecker();
        HistoryReader.read(metadataHistory, metadata::on);
        metadata.end();

        var anomalies = new ArrayList<>(quoted(history, checker));
        anomalies.addAll(metadata.anomalies());
        var counts = new TreeMap<>(checker.findings().counts());
        metadata.counts().forEach((label, count) -> counts.merge(label, count, Long::sum));
        return checker.judgement(anomalies, counts, metadata.operations());
    }

    private static HistoryChecker checked(Path history, List<FaultSpan> faults) {
        var checker = new HistoryChecker(faults);
        HistoryReader.read(history, checker::on);
        checker.end();
        return checker;
    }

    private static List<Anomaly> quoted(Path history, HistoryChecker checker) {
        var excerpts = new Excerpts(checker.findings().kept());
        if (!excerpts.isEmpty()) {
            HistoryReader.read(history, excerpts::on);
        }
        return excerpts.anomalies().stream().sorted(Comparator.comparing(Anomaly::kind)).toList();
    }
}
