package io.moldau.quorum;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;

/// Ratis's own metrics, left out: dozens of histograms for every log entry cost more than the
/// entry, and what matters of the quorum is in [QuorumStatus]. Found by Ratis as a service.
public final class QuietMetrics extends MetricRegistries {
    @Override
    public void clear() {
        // Nothing is kept.
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return new QuietRegistry(info);
    }

    @Override
    public boolean remove(MetricRegistryInfo key) {
        return false;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.of(new QuietRegistry(info));
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.of();
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.of();
    }

    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporterRegistration,
            Consumer<RatisMetricRegistry> stopReporter) {
        // There is nothing to report.
    }

    @Override
    public void enableJmxReporter() {
        // There is nothing to report.
    }

    @Override
    public void enableConsoleReporter(TimeDuration consoleReportRate) {
        // There is nothing to report.
    }

    private record QuietRegistry(MetricRegistryInfo getMetricRegistryInfo)
            implements RatisMetricRegistry {
        private static final Timekeeper TIMER = () -> () -> 0;
        private static final LongCounter COUNTER = new QuietCounter();

        @Override
        public Timekeeper timer(String name) {
            return TIMER;
        }

        @Override
        public LongCounter counter(String name) {
            return COUNTER;
        }

        @Override
        public boolean remove(String name) {
            return false;
        }

        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> gaugeSupplier) {
            // Nobody would read it.
        }
    }

    private static final class QuietCounter implements LongCounter {
        @Override
        public void inc(long n) {
            // Nothing is counted.
        }

        @Override
        public void dec(long n) {
            // Nothing is counted.
        }

        @Override
        public long getCount() {
            return 0;
        }
    }
}
