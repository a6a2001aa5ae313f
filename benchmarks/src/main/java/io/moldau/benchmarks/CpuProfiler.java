package io.moldau.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/// Nanoseconds of processor time that the measuring thread spends on an operation, the kernel's
/// part included. Where others use the machine too, it says more than the clock on the wall.
public final class CpuProfiler implements InternalProfiler {
    private static final LongAdder EXEMPT_NANOS = new LongAdder();

    private long startNanos;

    /// Runs what the measuring thread has to do and is not to be charged for.
    static void exempt(Runnable preparation) {
        var threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        preparation.run();
        EXEMPT_NANOS.add(threads.getCurrentThreadCpuTime() - begin);
    }

    @Override
    public String getDescription() {
        return "processor time of the measuring thread";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        startNanos = spentNanos();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double perOperation =
                (spentNanos() - startNanos) / (double) result.getMetadata().getAllOps();
        return List.of(new ScalarResult("cpu", perOperation, "ns/op", AggregationPolicy.AVG));
    }

    private static long spentNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        long nanos = 0;
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains("-jmh-worker-")) {
                nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return nanos - EXEMPT_NANOS.sum();
    }
}
