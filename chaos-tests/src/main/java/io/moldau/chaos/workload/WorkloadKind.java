package io.moldau.chaos.workload;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What clients do in a run.
public enum WorkloadKind {
    /// Idempotent producers, and consumers that are assigned their partitions.
    ASSIGN,
    /// A group that subscribes, and commits after every poll.
    GROUP,
    /// Topics that are created, grown, described and deleted.
    METADATA,
    /// Producers and consumers of librdkafka, through `confluent_kafka`, where it is installed.
    LIBRDKAFKA,
    /// Producers and consumers of kafka-python, where it is installed.
    KAFKA_PYTHON;

    /// As the command line names it.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Set<WorkloadKind> all() {
        return EnumSet.allOf(WorkloadKind.class);
    }

    /// @throws IllegalArgumentException a name that is none; the message lists those that are
    public static Set<WorkloadKind> of(List<String> labels) {
        return labels.stream()
                .map(WorkloadKind::of)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(WorkloadKind.class)));
    }

    private static WorkloadKind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "no workload '%s'; there are %s".formatted(label, labels())));
    }

    private static String labels() {
        return Arrays.stream(values()).map(WorkloadKind::label).collect(Collectors.joining(", "));
    }
}
