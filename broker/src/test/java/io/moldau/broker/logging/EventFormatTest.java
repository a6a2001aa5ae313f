package io.moldau.broker.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

class EventFormatTest {
    private static final long TIME_MS = Instant.parse("2026-11-21T09:30:00.123Z").toEpochMilli();

    private static Event event(String logger, String message, KeyValuePair... facts) {
        return new Event(
                TIME_MS, Level.WARN, logger, "shard-1", message, List.of(facts), Optional.empty());
    }

    private static String text(Event event) {
        return new TextFormat(false).format(event);
    }

    private static String json(Event event) {
        return new JsonFormat().format(event);
    }

    @Test
    void writesTimeLevelPlaceMessageAndFactsAsText() {
        var event =
                event(
                        "io.moldau.broker.net.Endpoint",
                        "connection closed",
                        new KeyValuePair("client", "127.0.0.1:4711"),
                        new KeyValuePair("reason", "idle too long"),
                        new KeyValuePair("topic", null));

        assertThat(text(event))
                .isEqualTo(
                        "2026-11-21T09:30:00.123Z WARN  broker.net  connection closed"
                                + " client=127.0.0.1:4711 reason=\"idle too long\" topic=null\n");
    }

    @Test
    void writesTheSameAsJson() {
        var event =
                event(
                        "io.moldau.broker.net.Endpoint",
                        "connection \"closed\"",
                        new KeyValuePair("port", 9092),
                        new KeyValuePair("level", "x"),
                        new KeyValuePair("topic", null));

        assertThat(json(event))
                .isEqualTo(
                        "{\"time\":\"2026-11-21T09:30:00.123Z\",\"level\":\"WARN\","
                                + "\"logger\":\"io.moldau.broker.net.Endpoint\","
                                + "\"thread\":\"shard-1\",\"message\":\"connection \\\"closed\\\"\","
                                + "\"port\":9092,\"_level\":\"x\",\"topic\":null}\n");
    }

    @Test
    void colourStandsAroundTheLevelOnly() {
        var line = new TextFormat(true).format(event("a.B", "m"));

        assertThat(line).contains("\033[33mWARN \033[0m a.B  m");
    }

    @Test
    void addsTheStackTraceOfAFailure() {
        var event =
                new Event(
                        TIME_MS,
                        Level.ERROR,
                        "a.B",
                        "t",
                        "lost",
                        List.of(),
                        Optional.of(new IllegalStateException("planted")));

        assertThat(text(event)).contains("lost\njava.lang.IllegalStateException: planted\n\tat ");
        assertThat(json(event))
                .contains("\"error\":\"java.lang.IllegalStateException: planted\"")
                .containsOnlyOnce("\n");
    }

    /// Whoever names a client id or a topic must not be able to write a line of his own.
    @Property(tries = 200)
    void nobodyForgesALine(@ForAll String message, @ForAll String key, @ForAll String value) {
        var event = event("a.B", message, new KeyValuePair(key, value));

        for (var line : List.of(text(event), json(event))) {
            assertThat(line.strip().chars()).noneMatch(c -> c < ' ' || c == 0x7f);
            assertThat(line.chars().filter(c -> c == '\n')).hasSize(1);
        }
    }

    @Property(tries = 200)
    void tellsTimeLikeTheJdk(@ForAll @LongRange(min = 0, max = 253402300799999L) long timeMs) {
        var out = new StringBuilder();

        Timestamps.append(out, timeMs);

        assertThat(Instant.parse(out)).isEqualTo(Instant.ofEpochMilli(timeMs));
        assertThat(out).hasSize("2026-11-21T09:30:00.123Z".length());
    }
}
