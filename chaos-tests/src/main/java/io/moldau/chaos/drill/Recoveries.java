package io.moldau.chaos.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How long it took each time, after the last fault of an episode was undone, until every partition
/// had all its replicas again. Belongs to one thread.
final class Recoveries {
    private final List<Duration> durations = new ArrayList<>();

    void add(Duration duration) {
        durations.add(duration);
    }

    int count() {
        return durations.size();
    }

    double percentileSeconds(double share) {
        if (durations.isEmpty()) {
            return 0;
        }
        var sorted = new ArrayList<>(durations);
        Collections.sort(sorted);
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.max(0, index)).toMillis() / 1e3;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "all replicas in sync again after p50 %.1f s, p99 %.1f s, at most %.1f s (%d times)",
                percentileSeconds(0.5),
                percentileSeconds(0.99),
                percentileSeconds(1),
                durations.size());
    }
}
