package io.moldau.chaos.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.moldau.chaos.run.Acceptance;
import io.moldau.chaos.run.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A text file through the stock console producer and consumer: the same lines, in the same order
/// for each key.
class TextFileIT {
    private static final int LINES = 100_000;
    private static final int KEYS = 500;
    private static final String[] WORDS =
            "river bridge stone water mill market boat castle evening bell Vltava Šumava žluťoučký"
                    .split(" ");

    @Test
    void returnsEveryLineInTheOrderOfItsKey() throws Exception {
        var tools = new StockTools("4.3.1");
        try (var broker = Acceptance.startBroker("text-file")) {
            Topics.create(broker.bootstrap(), "novel", 4);
            var file = Acceptance.work().resolve("novel.txt");
            var written = write(file);
            var common = List.of("--bootstrap-server", broker.bootstrap(), "--topic", "novel");

            var producer = new ArrayList<>(common);
            producer.addAll(
                    List.of(
                            "--reader-property",
                            "parse.key=true",
                            "--reader-property",
                            "key.separator=:"));
            var sent = tools.start("kafka-console-producer", producer, file).await();
            assertThat(sent.exitStatus()).as(sent.errors()).isZero();

            var consumer = new ArrayList<>(common);
            consumer.addAll(List.of("--from-beginning", "--max-messages", Integer.toString(LINES)));
            consumer.addAll(
                    List.of(
                            "--formatter-property",
                            "print.key=true",
                            "--formatter-property",
                            "key.separator=:"));
            var read = tools.run("kafka-console-consumer", consumer, "");
            assertThat(read.exitStatus()).as(read.errors()).isZero();
            assertThat(byKey(read.output().lines().toList())).isEqualTo(byKey(written));
        }
    }

    private static List<String> write(Path file) throws IOException {
        var random = new Random(100_000);
        var lines = new ArrayList<String>(LINES);
        for (int i = 0; i < LINES; i++) {
            var line = new StringBuilder("k" + random.nextInt(KEYS)).append(':').append(i);
            for (int words = random.nextInt(12); words > 0; words--) {
                line.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
            }
            lines.add(line.toString());
        }
        Files.createDirectories(file.getParent());
        Files.write(file, lines);
        return lines;
    }

    private static Map<String, List<String>> byKey(List<String> lines) {
        var byKey = new LinkedHashMap<String, List<String>>();
        lines.forEach(line ->
                byKey.computeIfAbsent(line.split(":", 2)[0], _ -> new ArrayList<>()).add(line));
        return byKey;
    }
}
