package io.moldau.quorum;

import io.moldau.metadata.MetadataCommand;
import io.moldau.metadata.MetadataCommand.CommitOffsets;
import io.moldau.metadata.MetadataCommand.CreateTopic;
import io.moldau.metadata.MetadataCommand.PartitionCommit;
import io.moldau.metadata.MetadataCommand.RegisterNode;
import io.moldau.metadata.MetadataCommand.TopicCommits;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.Uuid;

/// Measures, by hand: `QuorumBench DIR [seconds] [outstanding] [voters]`. Prints the time from the
/// start of the JVM to the first applied command, threads and memory when idle, and the rate of
/// commits.
public final class QuorumBench {
    private QuorumBench() {}

    public static void main(String[] args) throws Exception {
        var dir = Path.of(args[0]);
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 0;
        int outstanding = args.length > 2 ? Integer.parseInt(args[2]) : 4000;
        if (args.length > 3) {
            several(dir, seconds, outstanding, Integer.parseInt(args[3]));
            return;
        }
        long beganNanos = System.nanoTime();
        try (var quorum = MetadataQuorum.start(QuorumConfig.of(dir, 1))) {
            long uptimeMs =
                    System.currentTimeMillis()
                            - ManagementFactory.getRuntimeMXBean().getStartTime();
            System.out.printf(
                    "started: %d ms in start(), %d ms since the JVM%n",
                    (System.nanoTime() - beganNanos) / 1_000_000, uptimeMs);
            if (seconds == 0) {
                return;
            }
            prepare(quorum);
            for (int i = 0; i < 3; i++) {
                commits(quorum, seconds, outstanding);
            }
            System.gc();
            System.out.printf("threads: %d%n", Thread.activeCount());
            Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .sorted()
                    .forEach(name -> System.out.println("  " + name));
            Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
                    .forEach(System.out::println);
        }
    }

    /// Voters in this process; brought to the leader, then to a follower.
    private static void several(Path dir, int seconds, int outstanding, int voters)
            throws Exception {
        try (var cluster = new TestCluster(dir).founded(voters)) {
            prepare(cluster.leader().quorum());
            for (int i = 0; i < 3; i++) {
                for (var node : List.of(cluster.leader(), cluster.follower())) {
                    System.out.print(node == cluster.leader() ? "leader   " : "follower ");
                    node.quorum().readBarrier().get();
                    commits(node.quorum(), seconds, outstanding);
                }
            }
        }
    }

    private static void prepare(MetadataQuorum quorum) throws Exception {
        quorum.submit(
                        RegisterNode.lone(
                                1, Uuid.randomUuid(), Uuid.randomUuid(), List.of(), null, -1))
                .get();
        quorum.submit(CreateTopic.placed("t", Uuid.randomUuid(), 100, 1, Map.of(), 1)).get();
    }

    private static void commits(MetadataQuorum quorum, int seconds, int outstanding)
            throws Exception {
        var topic = quorum.image().topic("t");
        var permits = new Semaphore(outstanding);
        var latencies = new ConcurrentLinkedQueue<Long>();
        long began = System.nanoTime();
        long cpu = cpuNanos();
        long count = 0;
        long firstIndex = quorum.image().appliedIndex();
        while (System.nanoTime() - began < seconds * 1_000_000_000L) {
            permits.acquire();
            int partition = (int) (count % 100);
            MetadataCommand commit =
                    new CommitOffsets(
                            "group-" + count % 1000,
                            count,
                            -1,
                            List.of(
                                    new TopicCommits(
                                            topic.id(),
                                            "t",
                                            List.of(new PartitionCommit(partition, count, 0, "")))),
                            -1);
            long sent = System.nanoTime();
            boolean sampled = count % 64 == 0;
            var _ =
                    quorum.submit(commit)
                            .whenComplete((_, _) -> {
                                permits.release();
                                if (sampled) {
                                    latencies.add(System.nanoTime() - sent);
                                }
                            });
            count++;
        }
        permits.acquire(outstanding);
        long ended = System.nanoTime();
        double elapsed = (ended - began) / 1e9;
        var sorted = latencies.stream().sorted().toList();
        long entries = quorum.image().appliedIndex() - firstIndex;
        System.out.printf(
                "commits: %.0f /s, %.1f per entry, %.2f us CPU each, p50 %.2f ms, p99 %.2f ms%n",
                count / elapsed,
                (double) count / entries,
                (cpuNanos() - cpu) / 1e3 / count,
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
