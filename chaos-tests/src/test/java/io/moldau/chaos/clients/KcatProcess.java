package io.moldau.chaos.clients;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// kcat as people run it: one process to send, one to be a member. It commits by itself, at the
/// latest when it leaves.
final class KcatProcess implements ClientProcess {
    private static final int TIMEOUT_S = 120;
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Pattern REBALANCE =
            Pattern.compile(
                    "% Group \\S+ rebalanced \\(memberid [^)]*\\): (assigned|revoked): ?(.*)");
    private static final Pattern PARTITION = Pattern.compile("(\\S+) \\[(\\d+)]");

    private final String bootstrap;
    private final Path log;
    private final MemberHistory history;
    private final Map<String, Long> positions = new HashMap<>();
    private Process member;
    private Thread listener;

    KcatProcess(String name, String bootstrap, Path log) {
        this.bootstrap = bootstrap;
        this.log = log;
        history = new MemberHistory(name);
    }

    @Override
    public Outcome produce(String topic, String codec, long from, int count) {
        try {
            Files.createDirectories(log.getParent());
            var line =
                    new ArrayList<>(
                            List.of(
                                    "kcat",
                                    "-P",
                                    "-b",
                                    bootstrap,
                                    "-t",
                                    topic,
                                    "-K:",
                                    "-X",
                                    "acks=all"));
            if (!codec.equals("none")) {
                line.addAll(List.of("-z", codec));
            }
            var process =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
                for (long i = from; i < from + count; i++) {
                    in.write(Driver.keyOf(i) + ":" + Driver.valueOf(i) + "\n");
                }
            }
            boolean ended = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
            if (ended && process.exitValue() == 0) {
                return new Outcome.Done();
            }
            process.destroyForcibly();
            return new Outcome.Failed(Files.readString(log).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void join(String group, List<String> topics) {
        var line =
                new ArrayList<>(
                        List.of("kcat", "-b", bootstrap, "-u", "-f", "record\t%t\t%p\t%o\n"));
        line.addAll(List.of("-X", "auto.offset.reset=earliest", "-X", "heartbeat.interval.ms=300"));
        line.addAll(List.of("-X", "session.timeout.ms=30000", "-X", "auto.commit.interval.ms=500"));
        line.addAll(List.of("-G", group));
        line.addAll(topics);
        try {
            member =
                    new ProcessBuilder(line)
                            .redirectErrorStream(true)
                            .start(); // One pipe keeps the order.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener = Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(member.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                listen(line, System.currentTimeMillis());
            }
        } catch (IOException e) {
            history.take(new String[] {"failed", "0", "output ended: " + e.getMessage()});
        }
    }

    private void listen(String line, long timeMs) {
        var rebalance = REBALANCE.matcher(line);
        if (line.startsWith("record\t")) {
            var fields = line.split("\t", -1);
            var partition = fields[1] + "-" + fields[2];
            long offset = Long.parseLong(fields[3]);
            history.received(timeMs, partition, offset);
            positions.put(partition, offset + 1);
        } else if (rebalance.matches()) {
            var partitions = partitionsIn(rebalance.group(2));
            if (rebalance.group(1).equals("assigned")) {
                history.assigned(timeMs, partitions);
            } else {
                history.revoked(timeMs, partitions);
                positions.keySet().removeAll(partitions);
            }
        }
    }

    /// True as long as the number does not change.
    private static Predicate<Integer> same() {
        var last = new AtomicInteger(-1);
        return count -> last.getAndSet(count) == count;
    }

    private static Set<String> partitionsIn(String text) {
        return PARTITION
                .matcher(text)
                .results()
                .map(match -> match.group(1) + "-" + match.group(2))
                .collect(Collectors.toSet());
    }

    /// A signal makes it drop what it has fetched and already counts as consumed, so it is told to
    /// stop when it is idle.
    @Override
    public void leave() {
        await("kcat is idle")
                .atMost(Duration.ofSeconds(TIMEOUT_S))
                .during(IDLE)
                .until(history::receivedCount, same());
        var held = history.assignment();
        member.toHandle()
                .destroy(); // Unlike the process itself this keeps its output open, where it has
        // more to say.
        try {
            if (!member.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new IllegalStateException("kcat does not stop");
            }
            listener.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        long now = System.currentTimeMillis();
        positions.forEach((partition, position) -> {
            if (held.contains(partition)) {
                history.committed(now, partition, position);
            }
        });
    }

    @Override
    public MemberHistory history() {
        return history;
    }

    @Override
    public void close() {
        if (member != null) {
            member.destroyForcibly();
        }
    }
}
