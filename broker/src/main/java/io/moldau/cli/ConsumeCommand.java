package io.moldau.cli;

import io.moldau.cli.text.RecordFormat;
import io.moldau.cli.text.RecordJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consume",
        description = {
            "Prints records, from the beginning unless told otherwise.",
            "moldau consume greetings -f '%t/%p@%o %k=%s\\n' -e"
        })
final class ConsumeCommand extends MoldauCommand {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long STOP_TIMEOUT_MS = 3000;

    @Mixin private ClientOptions client;

    @Parameters(paramLabel = "TOPIC", description = "where from")
    private String topic;

    @Option(
            names = {"-f", "--record-format"},
            paramLabel = "TEXT",
            description = {
                "how a record is printed; the default is %%s\\n.",
                "%%t topic, %%p partition, %%o offset, %%k key, %%s value, %%h headers,",
                "%%K %%S %%R lengths, %%T time stamp, \\n \\r \\t \\0 \\xHH"
            })
    private String format;

    @Option(
            names = {"-o", "--offset"},
            paramLabel = "WHERE",
            description = "beginning, end, an offset, -N from the end, @TIME")
    private String where;

    @Option(
            names = {"-c", "--count"},
            paramLabel = "N",
            description = "stop after so many records")
    private long count = Long.MAX_VALUE;

    @Option(
            names = {"-e", "--exit"},
            description = "stop at what is the end now")
    private boolean exitAtEnd;

    @Option(
            names = {"-G", "--group"},
            paramLabel = "GROUP",
            description = "as a member of this group, from where it was")
    private String group;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "only this partition; repeatable")
    private final List<Integer> onlyPartitions = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "json prints each record as an object on its own line")
    private AdminCommand.Format outputFormat;

    @Override
    int run() throws Exception {
        if (group != null && (where != null || !onlyPartitions.isEmpty())) {
            throw CliException.usage(
                    "A group decides by itself where to read; leave --offset and --partition out, "
                            + "or move it with: moldau groups reset-offsets");
        }
        if (format != null && outputFormat == AdminCommand.Format.JSON) {
            throw CliException.usage("Use either --record-format or --format json.");
        }
        var printer = printer();
        var target = OffsetTarget.parse(where == null ? "beginning" : where);
        var defaults = new HashMap<String, Object>();
        defaults.put("auto.offset.reset", "earliest");
        defaults.put("allow.auto.create.topics", "false");
        if (group != null) {
            defaults.put("group.id", group);
            defaults.put("enable.auto.commit", "false");
        }
        var properties = client.properties(defaults);
        client.requireListening();
        var stopped = new CountDownLatch(1);
        try (var consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var hook = stopOnSignal(consumer, stopped);
            try {
                consume(consumer, target, printer);
            } catch (WakeupException asked) {
                session().out().flush();
            } finally {
                forget(hook);
            }
        } finally {
            stopped.countDown();
        }
        return ExitStatus.OK;
    }

    private interface Printer {
        void print(ConsumerRecord<byte[], byte[]> record, OutputStream out) throws IOException;
    }

    private Printer printer() {
        if (outputFormat == AdminCommand.Format.JSON) {
            return (record, out) ->
                    out.write((RecordJson.of(record) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return RecordFormat.parse(format == null ? "%s\\n" : format)::write;
    }

    /// Ctrl-C lets the group know that its member goes, before the process does.
    private static Thread stopOnSignal(
            KafkaConsumer<byte[], byte[]> consumer, CountDownLatch stopped) {
        var hook =
                new Thread(
                        () -> {
                            consumer.wakeup();
                            try {
                                boolean inTime =
                                        stopped.await(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
                                // Otherwise the group finds out by the session's timeout.
                                Runtime.getRuntime()
                                        .halt(inTime ? ExitStatus.OK : ExitStatus.FAILURE);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            hook.setName("stop-on-signal, under way");
        }
    }

    private void consume(
            KafkaConsumer<byte[], byte[]> consumer, OffsetTarget target, Printer printer)
            throws IOException {
        var partitions = partitions(consumer);
        Map<TopicPartition, Long> ends =
                exitAtEnd ? new HashMap<>(consumer.endOffsets(partitions)) : null;
        if (group == null) {
            consumer.assign(partitions);
            seek(consumer, partitions, target);
        } else {
            consumer.subscribe(List.of(topic));
        }
        long left = count;
        while (left > 0 && !reached(consumer, ends)) {
            for (var record : consumer.poll(POLL)) {
                if (left > 0 && isWanted(record, ends)) {
                    printer.print(record, session().out());
                    left--;
                }
            }
            session().out().flush();
            if (session().out().checkError()) {
                return; // Whoever read it has seen enough, as in `| head`.
            }
            if (group != null && !consumer.assignment().isEmpty()) {
                consumer.commitSync();
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        var infos = consumer.partitionsFor(topic);
        if (infos == null || infos.isEmpty()) {
            throw CliException.failure(
                    "There is no topic %s; make one with: moldau topics create %s"
                            .formatted(topic, topic));
        }
        var all = infos.stream().map(info -> info.partition()).toList();
        for (var number : onlyPartitions) {
            if (!all.contains(number)) {
                throw CliException.failure(
                        "Topic %s has no partition %d; it has %d."
                                .formatted(topic, number, all.size()));
            }
        }
        return (onlyPartitions.isEmpty() ? all : onlyPartitions)
                .stream().map(number -> new TopicPartition(topic, number)).toList();
    }

    private static void seek(
            KafkaConsumer<byte[], byte[]> consumer,
            Collection<TopicPartition> partitions,
            OffsetTarget target) {
        var starts = consumer.beginningOffsets(partitions);
        var ends = consumer.endOffsets(partitions);
        var times = new HashMap<TopicPartition, Long>();
        if (target instanceof OffsetTarget.Since(var timestampMs)) {
            partitions.forEach(partition -> times.put(partition, timestampMs));
        }
        var since = consumer.offsetsForTimes(times);
        for (var partition : partitions) {
            long start = starts.get(partition);
            long end = ends.get(partition);
            long offset =
                    switch (target) {
                        case OffsetTarget.Earliest _ -> start;
                        case OffsetTarget.Latest _ -> end;
                        case OffsetTarget.At(var wanted) -> wanted;
                        case OffsetTarget.Shift(var by) -> (by < 0 ? end : start) + by;
                        case OffsetTarget.Since _ -> {
                            var found = since.get(partition);
                            yield found == null ? end : found.offset();
                        }
                    };
            consumer.seek(partition, Math.clamp(offset, start, end));
        }
    }

    /// Records that came after the command began are not what `--exit` asks for.
    private static boolean isWanted(
            ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> ends) {
        return ends == null
                || record.offset()
                        < ends.getOrDefault(
                                new TopicPartition(record.topic(), record.partition()), 0L);
    }

    private static boolean reached(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        if (ends == null) {
            return false;
        }
        var mine = consumer.assignment();
        if (mine.isEmpty()) {
            return false; // The group has not said yet what is ours.
        }
        return mine.stream()
                .allMatch(partition ->
                        consumer.position(partition) >= ends.getOrDefault(partition, 0L));
    }
}
