package io.moldau.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "produce",
        description = {
            "Sends each line of standard input as a record.",
            "echo 'k1:hello' | moldau produce greetings -K :"
        })
final class ProduceCommand extends MoldauCommand {
    private static final int DELIVERY_TIMEOUT_MS = 30_000;

    @Mixin private ClientOptions client;

    @Parameters(paramLabel = "TOPIC", description = "where to")
    private String topic;

    @Option(
            names = {"-K", "--key-delimiter"},
            paramLabel = "TEXT",
            description = "what stands between key and value in each line")
    private String delimiter;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "the same key for every record")
    private String key;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "a header for every record; repeatable")
    private final List<String> headers = new ArrayList<>();

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "this partition, whatever the key")
    private Integer partition;

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "CODEC",
            description = "none, gzip, snappy, lz4 or zstd")
    private String compression;

    @Option(
            names = {"-Z", "--empty-is-null"},
            description = "an empty value is null: a tombstone")
    private boolean emptyIsNull;

    @Override
    int run() throws IOException {
        if (key != null && delimiter != null) {
            throw CliException.usage("Use either --key or --key-delimiter.");
        }
        var properties =
                client.properties(
                        Map.of(
                                "max.block.ms", DELIVERY_TIMEOUT_MS,
                                "delivery.timeout.ms", DELIVERY_TIMEOUT_MS,
                                "compression.type", compression == null ? "none" : compression));
        var recordHeaders = parsedHeaders();
        client.requireListening();
        long sent;
        try (var producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            sent = sendLines(producer, recordHeaders);
        }
        if (session().terminal()) {
            session().err().println(session().dim("%d records sent to %s".formatted(sent, topic)));
        }
        return ExitStatus.OK;
    }

    private long sendLines(KafkaProducer<byte[], byte[]> producer, List<Header> recordHeaders)
            throws IOException {
        var firstFailure = new AtomicReference<Exception>();
        var lines = new Lines(session().in());
        long sent = 0;
        while (firstFailure.get() == null) {
            byte[] line = lines.next();
            if (line == null) {
                break;
            }
            var _ = // The callback has it.
                    producer.send(
                            record(line, lines.number(), recordHeaders),
                            (_, failure) -> {
                                if (failure != null) {
                                    firstFailure.compareAndSet(null, failure);
                                }
                            });
            sent++;
        }
        producer.flush();
        var failure = firstFailure.get();
        if (failure != null) {
            throw CliException.failure(
                    "Not everything was sent to %s: %s"
                            .formatted(topic, Failures.explained(failure).getMessage()));
        }
        return sent;
    }

    private ProducerRecord<byte[], byte[]> record(
            byte[] line, long number, List<Header> recordHeaders) {
        byte[] recordKey = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        byte[] value = line;
        if (delimiter != null) {
            byte[] between = delimiter.getBytes(StandardCharsets.UTF_8);
            int at = indexOf(line, between);
            if (at < 0) {
                throw CliException.failure(
                        "Line %d has no key: the delimiter %s is not in it."
                                .formatted(number, delimiter));
            }
            recordKey = java.util.Arrays.copyOfRange(line, 0, at);
            value = java.util.Arrays.copyOfRange(line, at + between.length, line.length);
        }
        return new ProducerRecord<>(
                topic,
                partition,
                recordKey,
                emptyIsNull && value.length == 0 ? null : value,
                recordHeaders);
    }

    private List<Header> parsedHeaders() {
        var parsed = new ArrayList<Header>();
        for (var header : headers) {
            int equals = header.indexOf('=');
            parsed.add(
                    new RecordHeader(
                            equals < 0 ? header : header.substring(0, equals),
                            equals < 0
                                    ? null
                                    : header.substring(equals + 1)
                                            .getBytes(StandardCharsets.UTF_8)));
        }
        return parsed;
    }

    /// @return -1 when it is not in there
    private static int indexOf(byte[] line, byte[] wanted) {
        for (int i = 0; i <= line.length - wanted.length; i++) {
            if (java.util.Arrays.equals(line, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    /// Lines as bytes, so that what is no text passes unchanged too.
    private static final class Lines {
        private final InputStream in;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private long number;

        Lines(InputStream in) {
            this.in = new BufferedInputStream(in, 1 << 16);
        }

        /// @return without its line feed; null at the end
        byte[] next() throws IOException {
            line.reset();
            int b = in.read();
            if (b < 0) {
                return null;
            }
            number++;
            while (b >= 0 && b != '\n') {
                line.write(b);
                b = in.read();
            }
            return line.toByteArray();
        }

        /// That of the line read last, from 1.
        long number() {
            return number;
        }
    }
}
